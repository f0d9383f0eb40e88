import type { z } from 'zod';

/** The environment is unusable. The message lists every mistake at once, so that one restart mends them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One line per mistake: the variable and what it should be. Never contains a value: it may be a secret. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The configuration is not usable:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/** Environment variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment once, through a schema keyed by variable names, into the typed object that a process runs on.
 * An empty variable counts as absent, as most deployment tools can't leave one out.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function defineConfig<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'environment'}: ${issue.message}`),
  );
}
