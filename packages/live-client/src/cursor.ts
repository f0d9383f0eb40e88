/** Where a subscription's cursor goes and where it comes from. */
export interface CursorRule {
  /** The variable that takes the cursor. Default `after`. */
  readonly variable?: string;
  /**
   * Reads the cursor of an event: a path such as `conversationEvents.cursor`, or a function of the event's data. By
   * default the first field of the data that has a `cursor`.
   */
  readonly from?: string | ((data: unknown) => string | undefined);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function byPath(data: unknown, path: string): string | undefined {
  let value = data;
  for (const name of path.split('.')) value = isRecord(value) ? value[name] : undefined;
  return textOf(value);
}

/** The cursor of an event's data, if it has one. */
export function readCursor(data: unknown, { from }: CursorRule = {}): string | undefined {
  if (typeof from === 'function') return from(data);
  if (typeof from === 'string') return byPath(data, from);
  if (!isRecord(data)) return undefined;
  return Object.values(data)
    .map((field) => (isRecord(field) ? textOf(field.cursor) : undefined))
    .find((cursor) => cursor !== undefined);
}

/** Whether the text's operation is a subscription. Comments are left out, and fragments may come first. */
export const isSubscription = (query: string): boolean =>
  /(^|\})[\s,\ufeff]*subscription\b/.test(query.replace(/#[^\n\r]*/g, ''));
