import { parseArgs } from 'node:util';

/** What a command was told on its command line. */
export interface CommandLine {
  readonly flags: ReadonlySet<string>;
  /** A positive number, or the default. @throws Error when it is something else. */
  number(name: string, fallback: number): number;
  /** Values separated by commas, or the default. */
  list(name: string, fallback: readonly string[]): readonly string[];
  /** Those of the known whose names were given, separated by commas; else all. @throws Error for other names. */
  choose<T extends { readonly name: string }>(flag: string, known: readonly T[]): readonly T[];
}

/** Flags by kind; each command names its own. */
export interface KnownFlags {
  readonly switches?: readonly string[];
  readonly values?: readonly string[];
}

/** Reads the command line. @throws Error for flags that aren't known, which would otherwise measure something else. */
export function readCommandLine(
  { switches = [], values = [] }: KnownFlags,
  args: readonly string[] = process.argv.slice(2),
): CommandLine {
  const parsed = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...switches.map((name) => [name, { type: 'boolean' }] as const),
      ...values.map((name) => [name, { type: 'string' }] as const),
    ]),
  });
  const given: Readonly<Record<string, unknown>> = parsed.values;
  const list = (name: string, fallback: readonly string[]) =>
    given[name] === undefined ? fallback : String(given[name]).split(',');
  return {
    flags: new Set(switches.filter((name) => given[name] === true)),
    number(name, fallback) {
      const value = given[name] === undefined ? fallback : Number(given[name]);
      if (Number.isFinite(value) && value > 0) return value;
      throw new Error(`--${name} must be a positive number`);
    },
    list,
    choose(flag, known) {
      const all = known.map(({ name }) => name);
      const wanted = list(flag, all);
      const unknown = wanted.filter((name) => !all.includes(name));
      if (unknown.length > 0) throw new Error(`--${flag} doesn't know ${unknown.join(', ')}, only ${all.join(', ')}`);
      return known.filter(({ name }) => wanted.includes(name));
    },
  };
}

/** For the programs that are started here and must find npm, a proxy or a cache. */
export const inheritedEnvironment = (): NodeJS.ProcessEnv => process.env;
