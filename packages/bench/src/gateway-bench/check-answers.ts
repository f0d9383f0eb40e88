import { isDeepStrictEqual } from 'node:util';

/** What a side's answers to one operation turned out to be. */
export type AnswerVerdict =
  | {
      readonly isEqual: true;
      /** Bytes by which every answer is longer than the shortest JSON of its content, such as a line's end. */
      readonly padding: number;
    }
  | { readonly isEqual: false; readonly difference: string };

/** One answer, as text, and what it should say. */
export interface CheckedAnswer {
  readonly text: string;
  readonly expected: unknown;
}

const LONGEST_VALUE = 120;
const short = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, LONGEST_VALUE);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The first place where two values differ, as a path and what stands there; undefined when they are equal. */
export function firstDifference(expected: unknown, actual: unknown, path = 'answer'): string | undefined {
  if (isDeepStrictEqual(expected, actual)) return undefined;
  if (!isObject(expected) || !isObject(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return `${path} is ${short(actual)}, not ${short(expected)}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const difference = firstDifference(expected[key], actual[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `no JSON: ${text}`;
  }
}

/**
 * Holds a side's answers against the reference: equal as JSON, whatever the order of keys. Their sizes, which tell wrong
 * answers apart under load, must differ from the reference's by the same number of bytes every time.
 */
export function checkAnswers(answers: readonly CheckedAnswer[]): AnswerVerdict {
  const paddings = new Set<number>();
  for (const { text, expected } of answers) {
    const difference = firstDifference(expected, parseJson(text));
    if (difference !== undefined) return { isEqual: false, difference };
    paddings.add(Buffer.byteLength(text) - Buffer.byteLength(JSON.stringify(expected)));
  }
  const [padding = 0] = paddings;
  if (paddings.size > 1) return { isEqual: false, difference: 'answers are padded now this way, now that way' };
  return { isEqual: true, padding };
}
