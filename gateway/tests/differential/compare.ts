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
const isInjected = (code: unknown): code is string => typeof code === 'string' && /^FAULT_|^ASKED_/.test(code);

function placed({ path, extensions }: Pick<GraphQLFormattedError, 'path' | 'extensions'>): PlacedError {
  return { path: path ?? [], code: isInjected(extensions?.code) ? extensions.code : INVALID };
}

const textOf = ({ path, code }: PlacedError): string => `${path.join('.')} ${code}`;

/** The place of the null that a path leads to or through; undefined when it leads to something else. */
function nullOn(data: unknown, path: PlacedError['path']): string | undefined {
  let value = data;
  if (value === null) return '';
  for (const [index, key] of path.entries()) {
    value = (value as Record<string | number, unknown>)[key];
    if (value === null) return path.slice(0, index + 1).join('.');
    if (value === undefined || typeof value !== 'object') return undefined;
  }
  return undefined;
}

const isBelow = (place: string) => (error: PlacedError) =>
  place === '' || error.path.join('.') === place || error.path.join('.').startsWith(`${place}.`);

/** Errors at a null that came from below: some are left out by every executor, so it is enough that each may be there. */
function compareBubbled(place: string, expected: PlacedError[], got: PlacedError[], possible: PlacedError[]): string[] {
  const allowed = new Set(possible.filter(isBelow(place)).map(textOf));
  const strange = got.filter((error) => error.code !== INVALID && !allowed.has(textOf(error)));
  const problems = strange.map((error) => `an error that is not possible: ${textOf(error)}`);
  if (got.length === 0) problems.push(`no error for the null at "${place}"`);
  const hasCode = (errors: PlacedError[]) => errors.some(({ code }) => code !== INVALID);
  if (hasCode(expected) && got.length > 0 && !hasCode(got))
    problems.push(`the cause of the null at "${place}" is lost`);
  return problems;
}

/**
 * What is wrong with an answer; empty when it equals the reference. README.md says which differences are none.
 */
export function differences(reference: ReferenceAnswer, answer: EngineAnswer): string[] {
  const wanted = JSON.stringify(reference.data ?? null);
  const came = JSON.stringify(answer.data ?? null);
  if (wanted !== came) return [`data: expected ${wanted}`, `data: got      ${came}`];
  const data = reference.data ?? null;
  const expected = reference.errors.map((error) => placed(error.toJSON()));
  const possible = reference.possible.map((error) => placed(error.toJSON()));
  const got = answer.errors.map(placed);
  const stray = got.filter(({ path, code }) => nullOn(data, path) === undefined && !reference.hidden.has(code));
  const problems = stray.map((error) => `an error where nothing is null: ${textOf(error)}`);
  const places = new Set([...expected, ...got].flatMap(({ path }) => nullOn(data, path) ?? []));
  for (const place of places) {
    const at = (errors: PlacedError[]) => errors.filter(({ path }) => nullOn(data, path) === place);
    const isBubbled = at(expected).some(({ path }) => path.join('.') !== place);
    if (isBubbled) problems.push(...compareBubbled(place, at(expected), at(got), possible));
    else problems.push(...compareExactly(at(expected), at(got), reference.hidden));
  }
  return problems;
}

/** Each field that is null for a failure of its own has exactly its error, once. */
function compareExactly(expected: PlacedError[], got: PlacedError[], hidden: ReadonlySet<string>): string[] {
  const wanted = expected.map(textOf).sort();
  const came = got
    .filter(({ code }) => !hidden.has(code) || expected.some((error) => error.code === code))
    .map(textOf)
    .sort();
  return JSON.stringify(wanted) === JSON.stringify(came)
    ? []
    : [`errors: expected ${JSON.stringify(wanted)}`, `errors: got      ${JSON.stringify(came)}`];
}
