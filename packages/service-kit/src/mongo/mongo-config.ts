import { z } from 'zod';
import { integerVariable, urlVariable } from '../config/environment.ts';

/** Where a service's MongoDB database is. */
export interface MongoConfig {
  /** A replica set: transactions need one. */
  readonly url: string;
  readonly database: string;
  /** Connections at the most. */
  readonly poolSize: number;
}

/** The variables of every service on MongoDB, keyed by their names. Spread into the service's own schema. */
export const mongoEnvironment = {
  MONGODB_URL: urlVariable('mongodb:', 'mongodb+srv:'),
  MONGODB_POOL_SIZE: integerVariable({ min: 1, max: 500 }).default(20),
} as const;

/** The name of a database. @param fallback the specification's. */
export const databaseNameVariable = (fallback: string) =>
  z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'may have letters, digits and _')
    .default(fallback);
