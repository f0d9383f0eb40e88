/** A number in [0, 2³²) that depends on nothing but the text (FNV-1a with a last mixing, so that near texts differ). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether something happens at a place, given how likely it is. */
export const happens = (place: string, likelihood: number): boolean => hashOf(place) < likelihood * 2 ** 32;

/** One of several, by place. */
export function pickOne<T>(place: string, choices: readonly T[]): T {
  const chosen = choices[hashOf(place) % choices.length];
  if (chosen === undefined) throw new Error(`nothing to choose from at ${place}`);
  return chosen;
}

/** JSON text with sorted keys, so that equal values have equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  ) ?? 'nothing';
