import type { GraphQLFormattedError } from 'graphql';
import type { EngineAnswer } from './engines/engine.ts';
import type { ReferenceAnswer } from './reference.ts';

/** An error as far as it is compared. */
interface PlacedError {
  readonly path: readonly (string | number)[];
  /** A code that a resolver gave; `INVALID` for everything that the executor itself found wrong. */
  readonly code: string;
}

const INVALID = 'INVALID';

/** Resolvers of the world give codes of this form; every other code is some executor's word for a broken promise. */
const isInjected = (code: unknown): code is string => typeof code === 'string' && code.startsWith('FAULT_');

function placed({ path, extensions }: Pick<GraphQLFormattedError, 'path' | 'extensions'>): PlacedError {
  const code = isInjected(extensions?.code) ? extensions.code : INVALID;
  return { path: path ?? [], code };
}

const textOf = ({ path, code }: PlacedError): string => `${path.join('.')} ${code}`;

const isSame = (wanted: PlacedError, got: PlacedError): boolean => textOf(wanted) === textOf(got);

const placeOf = ({ path }: PlacedError): string => path.join('.');

function valueAt(data: unknown, path: PlacedError['path']): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
  }, data);
}

/** The place of the null that a path leads to or through; undefined when it leads to something else. */
function nullOn(data: unknown, path: PlacedError['path']): string | undefined {
  const end = path.findIndex((_, length) => valueAt(data, path.slice(0, length)) === null);
  if (end >= 0) return path.slice(0, end).join('.');
  return valueAt(data, path) === null ? path.join('.') : undefined;
}

/**
 * Errors at a null that came from below: which of several causes are named depends on who stopped first, so each that is
 * named must be a cause and one must be.
 */
function compareBubbled(place: string, got: readonly PlacedError[], reference: ReferenceAnswer): string[] {
  const possible = reference.possible.map((error) => placed(error.toJSON()));
  const isCause = (error: PlacedError) =>
    possible.some((cause) => isSame(cause, error)) ||
    (error.code === INVALID && valueAt(reference.unbubbled, error.path) === null);
  const problems = got
    .filter((error) => !isCause(error))
    .map((error) => `errors: not a cause of the null at "${place}": ${textOf(error)}`);
  return got.length === 0 ? [`errors: none for the null at "${place}"`] : problems;
}

/** A field that is null for a failure of its own has exactly its error, once. */
function compareExactly(expected: readonly PlacedError[], got: readonly PlacedError[]): string[] {
  const isEqual =
    expected.length === got.length &&
    expected.every((wanted) => got.filter((came) => isSame(wanted, came)).length === 1);
  const list = (errors: readonly PlacedError[]) => JSON.stringify(errors.map(textOf).sort());
  return isEqual ? [] : [`errors: expected ${list(expected)}`, `errors: got      ${list(got)}`];
}

/** Whether a field with this failure is selected too, not only needed. */
const wasSelected = ({ possible }: ReferenceAnswer, code: string): boolean =>
  possible.some(({ extensions }) => extensions.code === code);

/**
 * What is wrong with an answer; empty when it equals the reference. README.md says which differences are none.
 */
export function differences(reference: ReferenceAnswer, answer: EngineAnswer): string[] {
  const data = reference.data ?? null;
  const wanted = JSON.stringify(data);
  const came = JSON.stringify(answer.data ?? null);
  if (wanted !== came) return [`data: expected ${wanted}`, `data: got      ${came}`];
  const expected = reference.errors.map((error) => placed(error.toJSON()));
  // Of a field that the client didn't select there is nothing to compare.
  const got = answer.errors
    .map(placed)
    .filter(({ code }) => !reference.hidden.has(code) || wasSelected(reference, code));
  const stray = got.filter(({ path }) => nullOn(data, path) === undefined);
  const problems = stray.map((error) => `errors: where nothing is null: ${textOf(error)}`);
  for (const place of new Set([...expected, ...got].flatMap(({ path }) => nullOn(data, path) ?? []))) {
    const at = (errors: readonly PlacedError[]) => errors.filter(({ path }) => nullOn(data, path) === place);
    const isBubbled = at(expected).some((error) => placeOf(error) !== place);
    problems.push(...(isBubbled ? compareBubbled(place, at(got), reference) : compareExactly(at(expected), at(got))));
  }
  return problems;
}
