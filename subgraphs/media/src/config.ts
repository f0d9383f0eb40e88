import { createHmac } from 'node:crypto';
import {
  ConfigError,
  databaseNameVariable,
  defineConfig,
  type Environment,
  integerVariable,
  type MongoConfig,
  mongoEnvironment,
  type SubgraphConfig,
  secretVariable,
  subgraphEnvironment,
  toSubgraphConfig,
  urlVariable,
} from '@postbook/service-kit';
import { z } from 'zod';

const environmentSchema = z.object({
  ...subgraphEnvironment,
  ...mongoEnvironment,
  MEDIA_DATABASE: databaseNameVariable('MediaServiceDB'),
  AUTH_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4001/graphql'),
  PROFILES_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4002/graphql'),
  MEDIA_PUBLIC_URL: urlVariable('http:', 'https:').optional(),
  MEDIA_SIGNING_SECRET: secretVariable().optional(),
  MEDIA_DIR: z.string().min(1).optional(),
  S3_ENDPOINT: urlVariable('http:', 'https:').optional(),
  S3_BUCKET: z.string().min(3).optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  MEDIA_UPLOAD_STALL_MS: integerVariable({ min: 100, max: 600_000 }).default(20_000),
  MEDIA_PROCESSING_LEASE_MS: integerVariable({ min: 1_000, max: 3_600_000 }).default(120_000),
  MEDIA_PROCESSING_CONCURRENCY: integerVariable({ min: 1, max: 16 }).default(1),
  MEDIA_DAILY_BYTES: integerVariable({ min: 1, max: Number.MAX_SAFE_INTEGER }).default(1024 ** 3),
  MEDIA_AWAITED_UPLOADS: integerVariable({ min: 1, max: 1_000 }).default(20),
});

/** A bucket of an S3-compatible store. */
export interface S3Config {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Where blobs are kept. */
export type StorageConfig = { readonly kind: 'Local'; readonly folder: string } | ({ readonly kind: 'S3' } & S3Config);

/** What media runs on. */
export interface MediaConfig extends SubgraphConfig {
  readonly mongo: MongoConfig;
  /** Where the owners of people answer: of them media needs who has blocked whom. */
  readonly owners: { readonly auth: string; readonly profiles: string };
  /** What URLs of files begin with; undefined for where the service listens. */
  readonly publicUrl: string | undefined;
  /** Signs URLs of uploads and files. */
  readonly signingSecret: string;
  readonly storage: StorageConfig;
  /** How long an upload may send nothing, in milliseconds. */
  readonly uploadStallMs: number;
  /** After how many milliseconds a file whose processing has not ended is taken up again. */
  readonly processingLeaseMs: number;
  /** Files that one process works on at a time. */
  readonly processingConcurrency: number;
  /** What a person may ask to upload: bytes on a day, and files that are awaited at a time. */
  readonly quotas: { readonly dailyBytes: number; readonly awaitedUploads: number };
}

type Env = z.output<typeof environmentSchema>;

const S3_VARIABLES = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

function storageOf(env: Env): StorageConfig {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = env;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (endpoint && bucket && accessKeyId && secretAccessKey) {
    return { kind: 'S3', endpoint, bucket, region, accessKeyId, secretAccessKey };
  }
  const absent = S3_VARIABLES.filter((name) => env[name] === undefined);
  // Half a bucket is a mistake, and must not silently mean files on a disk that goes with the machine.
  if (absent.length < S3_VARIABLES.length) throw new ConfigError(absent.map((name) => `${name}: is missing`));
  if (env.MEDIA_DIR) return { kind: 'Local', folder: env.MEDIA_DIR };
  throw new ConfigError([
    'MEDIA_DIR: is missing: give a folder, or a bucket by S3_ENDPOINT and the other S3_… variables',
  ]);
}

/**
 * Reads the environment; the README lists every variable.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): MediaConfig {
  const env = defineConfig(environmentSchema, environment);
  return {
    ...toSubgraphConfig(env),
    mongo: { url: env.MONGODB_URL, database: env.MEDIA_DATABASE, poolSize: env.MONGODB_POOL_SIZE },
    owners: { auth: env.AUTH_URL, profiles: env.PROFILES_URL },
    publicUrl: env.MEDIA_PUBLIC_URL?.replace(/\/+$/, ''),
    // Derived, so that a key that leaks with a URL's signature tells nothing of the one that signs calls.
    signingSecret:
      env.MEDIA_SIGNING_SECRET ??
      createHmac('sha256', env.INTERNAL_IDENTITY_SECRET).update('postbook media signing').digest('base64url'),
    storage: storageOf(env),
    uploadStallMs: env.MEDIA_UPLOAD_STALL_MS,
    processingLeaseMs: env.MEDIA_PROCESSING_LEASE_MS,
    processingConcurrency: env.MEDIA_PROCESSING_CONCURRENCY,
    quotas: { dailyBytes: env.MEDIA_DAILY_BYTES, awaitedUploads: env.MEDIA_AWAITED_UPLOADS },
  };
}
