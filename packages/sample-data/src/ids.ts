import { createHash } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(`postbook sample ${text}`).digest('hex');

/** The account's id of a sample person: a UUID of version 8, the same on every machine, so that services need not ask. */
export function sampleUserId(index: number): string {
  const hex = digest(`user ${index}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The id of a sample document: an ObjectId in hexadecimal. @param name unique in the sample, such as `avatar 7`. */
export const sampleDocumentId = (name: string): string => digest(name).slice(0, 24);
