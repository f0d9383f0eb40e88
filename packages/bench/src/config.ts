import { parseArgs } from 'node:util';

/** What a command was told on its command line. @throws Error that names the flag which is wrong. */
export interface CommandLine {
  readonly flags: ReadonlySet<string>;
  /** A positive number, or the default. */
  number(name: string, fallback: number): number;
  /** Values separated by commas, or the default. */
  list(name: string, fallback: readonly string[]): readonly string[];
}

/** Flags by kind; each command names its own. */
export interface KnownFlags {
  readonly switches?: readonly string[];
  readonly values?: readonly string[];
}

/** Reads the command line. @throws Error for flags that aren't known, which would otherwise measure something else. */
export function readCommandLine({ switches = [], values = [] }: KnownFlags): CommandLine {
  const parsed = parseArgs({
    options: Object.fromEntries([
      ...switches.map((name) => [name, { type: 'boolean' }] as const),
      ...values.map((name) => [name, { type: 'string' }] as const),
    ]),
  });
  const given: Readonly<Record<string, unknown>> = parsed.values;
  return {
    flags: new Set(switches.filter((name) => given[name] === true)),
    number(name, fallback) {
      const value = given[name] === undefined ? fallback : Number(given[name]);
      if (Number.isFinite(value) && value > 0) return value;
      throw new Error(`--${name} must be a positive number`);
    },
    list: (name, fallback) => (given[name] === undefined ? fallback : String(given[name]).split(',')),
  };
}

/** For the programs that are started here and must find npm, a proxy or a cache. */
export const inheritedEnvironment = (): NodeJS.ProcessEnv => process.env;
