import {
  defineConfig,
  type Environment,
  integerVariable,
  type SubgraphConfig,
  secretVariable,
  subgraphEnvironment,
  toSubgraphConfig,
  urlVariable,
} from '@postbook/service-kit';
import { z } from 'zod';

const environmentSchema = z.object({
  ...subgraphEnvironment,
  POSTGRES_URL: urlVariable('postgres:', 'postgresql:'),
  AUTH_DATABASE: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be a lower snake case name')
    .default('auth_service_db'),
  POSTGRES_POOL_SIZE: integerVariable({ min: 1, max: 200 }).default(10),
  SECRETS_KEY: secretVariable(),
  TOKEN_ISSUER: z.string().min(1).default('postbook-auth'),
  TOKEN_AUDIENCE: z.string().min(1).default('postbook'),
  ARGON2_MEMORY_KIB: integerVariable({ min: 1024, max: 4_194_304 }).default(19_456),
  ARGON2_PASSES: integerVariable({ min: 1, max: 100 }).default(2),
  ARGON2_PARALLELISM: integerVariable({ min: 1, max: 64 }).default(1),
  NETWORK_LIMIT_FACTOR: integerVariable({ min: 1, max: 10_000 }).default(1),
  SMTP_URL: urlVariable('smtp:', 'smtps:').optional(),
  MAILBOX_DIR: z.string().default('.data/mailbox'),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]+$/, 'must be one line')
    .default('PostBook <no-reply@postbook.example>'),
});

/** What one argon2id hash costs. */
export interface PasswordCost {
  /** Memory in KiB. */
  readonly memoryKib: number;
  /** How many times the memory is gone through. */
  readonly passes: number;
  readonly parallelism: number;
}

/** What auth runs on. */
export interface AuthConfig extends SubgraphConfig {
  readonly postgres: { readonly url: string; readonly database: string; readonly poolSize: number };
  /** From it come the keys that encrypt mails and signing keys, the pepper of codes and the chain of refresh tokens. */
  readonly secretsKey: string;
  readonly tokens: { readonly issuer: string; readonly audience: string };
  readonly passwordCost: PasswordCost;
  /** Multiplies every limit per network. */
  readonly networkLimitFactor: number;
  /** Mails go to the SMTP server, or without one into the folder. */
  readonly mail: { readonly smtpUrl: string | undefined; readonly mailboxDir: string; readonly from: string };
}

/**
 * Reads the environment; the README lists every variable.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): AuthConfig {
  const env = defineConfig(environmentSchema, environment);
  return {
    ...toSubgraphConfig(env),
    postgres: { url: env.POSTGRES_URL, database: env.AUTH_DATABASE, poolSize: env.POSTGRES_POOL_SIZE },
    secretsKey: env.SECRETS_KEY,
    tokens: { issuer: env.TOKEN_ISSUER, audience: env.TOKEN_AUDIENCE },
    passwordCost: {
      memoryKib: env.ARGON2_MEMORY_KIB,
      passes: env.ARGON2_PASSES,
      parallelism: env.ARGON2_PARALLELISM,
    },
    networkLimitFactor: env.NETWORK_LIMIT_FACTOR,
    mail: { smtpUrl: env.SMTP_URL, mailboxDir: env.MAILBOX_DIR, from: env.MAIL_FROM },
  };
}
