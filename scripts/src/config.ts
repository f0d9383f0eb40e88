import { DEFAULT_PEOPLE } from '@postbook/sample-data';
import { defineConfig, integerVariable, urlVariable } from '@postbook/service-kit';
import { z } from 'zod';
import { defaultDataDir } from './paths.ts';

const schema = z.object({
  POSTGRES_URL: urlVariable('postgres:', 'postgresql:').optional(),
  MONGODB_URL: urlVariable('mongodb:', 'mongodb+srv:').optional(),
  REDIS_URL: urlVariable('redis:', 'rediss:').optional(),
  PORT: integerVariable({ min: 1, max: 65_535 }).optional(),
  POSTBOOK_DATA_DIR: z.string().default(defaultDataDir),
  POSTBOOK_SAMPLE_PEOPLE: integerVariable({ min: 0, max: 100_000 }).default(DEFAULT_PEOPLE),
  CI: z.string().optional(),
  CHROMIUM_PATH: z.string().optional(),
});

/** What the commands behind `npm start` and its kin read from the environment. */
export interface CommandConfig {
  /** Stores that exist already; each one absent is started here. */
  readonly storeUrls: {
    readonly postgres: string | undefined;
    readonly mongodb: string | undefined;
    readonly redis: string | undefined;
  };
  /** Port of the gateway; absent: 4000, or the next free one. */
  readonly port: number | undefined;
  readonly dataDir: string;
  /** People of the sample data; 0 for none. */
  readonly samplePeople: number;
  readonly chromiumPath: string | undefined;
  /** Handed on to the services, which read their own variables from it. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Reads the environment once. @throws ConfigError naming every mistake. */
export function loadCommandConfig(environment: NodeJS.ProcessEnv = process.env): CommandConfig {
  const env = defineConfig(schema, environment);
  return {
    storeUrls: { postgres: env.POSTGRES_URL, mongodb: env.MONGODB_URL, redis: env.REDIS_URL },
    port: env.PORT,
    dataDir: env.POSTBOOK_DATA_DIR,
    samplePeople: env.POSTBOOK_SAMPLE_PEOPLE,
    chromiumPath: env.CHROMIUM_PATH,
    environment,
  };
}
