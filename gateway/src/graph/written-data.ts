/** JSON text under a key that no other code has. */
const TEXT = Symbol('text');

/** `data` of a response that is written already. Whoever serialises it in the usual way gets what it says. */
interface WrittenData {
  readonly [TEXT]: string;
  toJSON(): unknown;
}

/** Wraps the text of an object; that of `null` is `null`. */
export function writtenData(text: string): Record<string, unknown> | null {
  if (text === 'null') return null;
  const data: WrittenData = { [TEXT]: text, toJSON: () => JSON.parse(text) };
  // To those that pass it on it is an object like any other.
  return data as unknown as Record<string, unknown>;
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && TEXT in value ? (value as WrittenData)[TEXT] : JSON.stringify(value);

/** A response as JSON text; data that is written already is put in as it is. */
export function stringifyResponse(response: object): string {
  const parts = Object.entries(response).flatMap(([key, value]) =>
    value === undefined ? [] : [`${JSON.stringify(key)}:${textOf(value)}`],
  );
  return `{${parts.join(',')}}`;
}
