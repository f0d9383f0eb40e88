import { MongoClient, type MongoClientOptions } from 'mongodb';
import { traceMongoCommands } from '../telemetry/tracing/mongo-spans.ts';
import { isTracing } from '../telemetry/tracing/spans.ts';

/** Options of {@link createMongoClient}. */
export interface CreateMongoClientOptions {
  /** Names the process in the server's logs and current operations. */
  readonly name: string;
  /** Most connections at a time. Default 20. */
  readonly maxPoolSize?: number;
}

const settings = ({ name, maxPoolSize = 20 }: CreateMongoClientOptions): MongoClientOptions => ({
  appName: name,
  // What was acknowledged survives the death of a member and a power cut; what was read is what was acknowledged.
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  maxPoolSize,
  minPoolSize: 1,
  // A request waits for a connection or a primary only so long; its client has given up by then.
  waitQueueTimeoutMS: 5_000,
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  // Cuts connections that a network swallowed; longer than any operation we send.
  socketTimeoutMS: 60_000,
  // A misspelt optional field must not become a null in the store.
  ignoreUndefined: true,
});

/** A client with the guarantees the services rely on. It connects at the first use; `connect()` waits for it. */
export function createMongoClient(url: string, options: CreateMongoClientOptions): MongoClient {
  const client = new MongoClient(url, { ...settings(options), monitorCommands: isTracing() });
  if (isTracing()) traceMongoCommands(client);
  return client;
}
