import { MongoServerError } from 'mongodb';

/** Whether a write failed because what must be one of its kind exists: somebody was faster. */
export const isDuplicateKey = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11_000;
