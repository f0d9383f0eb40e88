import type { SchemaChange } from './schema-change.ts';

/** A breaking change that may be released, because somebody thought about it and said why. */
export interface AcceptedChange {
  /** The change's type, as the report names it. */
  readonly type: string;
  /** The change's path, as the report names it. */
  readonly path: string;
  /** Why nobody is hurt, or why it must be, in a sentence. */
  readonly reason: string;
  /** When it was accepted, as YYYY-MM-DD. */
  readonly date: string;
}

/** What `accepted-changes.json` holds, and what is wrong with it. */
export interface AcceptedChanges {
  readonly entries: readonly AcceptedChange[];
  readonly mistakes: readonly string[];
}

const KEYS = ['type', 'path', 'reason', 'date'] as const;
/** Shorter than this nobody has given a reason. */
const SHORTEST_REASON = 20;

function mistakesOf(entry: Readonly<Record<string, unknown>>, place: string): string[] {
  const unknown = Object.keys(entry).filter((key) => !KEYS.some((known) => known === key));
  const absent = KEYS.filter((key) => typeof entry[key] !== 'string' || entry[key] === '');
  if (unknown.length > 0) return [`${place}: unknown ${unknown.map((key) => `"${key}"`).join(', ')}`];
  if (absent.length > 0) return [`${place}: needs text for ${absent.map((key) => `"${key}"`).join(', ')}`];
  const { reason, date } = entry as unknown as AcceptedChange;
  return [
    ...(reason.length < SHORTEST_REASON ? [`${place}: "reason" needs a sentence (${SHORTEST_REASON} characters)`] : []),
    ...(isDay(date) ? [] : [`${place}: "date" must be a day as YYYY-MM-DD`]),
  ];
}

const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const isEntry = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the list of accepted changes, `[]` when there are none. Every mistake is told at once. */
export function parseAcceptedChanges(text: string): AcceptedChanges {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return { entries: [], mistakes: [`not JSON: ${(error as Error).message}`] };
  }
  if (!Array.isArray(list) || !list.every(isEntry)) return { entries: [], mistakes: ['must be a list of objects'] };
  const mistakes = list.flatMap((entry, index) => mistakesOf(entry, `entry ${index + 1}`));
  return { entries: mistakes.length > 0 ? [] : (list as unknown as AcceptedChange[]), mistakes };
}

/** The changes with the reasons that were given, and the entries that no breaking change needs. */
export function applyAcceptedChanges(
  changes: readonly SchemaChange[],
  entries: readonly AcceptedChange[],
): { readonly changes: SchemaChange[]; readonly stale: AcceptedChange[] } {
  const accepts = (entry: AcceptedChange, change: SchemaChange) =>
    change.severity === 'breaking' && entry.type === change.type && entry.path === change.path;
  return {
    changes: changes.map((change) => {
      const accepted = entries.find((entry) => accepts(entry, change));
      return accepted ? { ...change, accepted } : change;
    }),
    stale: entries.filter((entry) => !changes.some((change) => accepts(entry, change))),
  };
}
