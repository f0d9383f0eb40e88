import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { differences } from './compare.ts';
import type { EngineAnswer } from './engines/engine.ts';
import type { ReferenceAnswer } from './reference.ts';

type Path = readonly (string | number)[];

const failure = (path: Path, code?: string) => new GraphQLError('failed', { path, extensions: code ? { code } : {} });
const told = (path: Path, code?: string) => ({ message: 'in other words', path, extensions: code ? { code } : {} });

const refer = (data: ReferenceAnswer['data'], errors: GraphQLError[], rest: Partial<ReferenceAnswer> = {}) => ({
  data,
  errors,
  unbubbled: data,
  possible: errors,
  hidden: new Set<string>(),
  ...rest,
});
const answer = (data: unknown, ...errors: EngineAnswer['errors']): EngineAnswer => ({ data, errors });

test('equal data without errors is equal', () => {
  expect(differences(refer({ a: 1 }, []), answer({ a: 1 }))).toEqual([]);
});

test.each([
  ['another value', { a: 2, b: null }],
  ['another order of keys', { b: null, a: 1 }],
  ['a key too many', { a: 1, b: null, c: 1 }],
  ['a key too few', { a: 1 }],
])('%s is a difference', (_, data) => {
  expect(differences(refer({ a: 1, b: null }, []), answer(data))[0]).toBe('data: expected {"a":1,"b":null}');
});

const failed = refer({ a: null }, [failure(['a'], 'FAULT_1')]);

test.each([
  ['the error', [told(['a'], 'FAULT_1')], 0],
  ['no error', [], 2],
  ['another code', [told(['a'], 'FAULT_2')], 2],
  ['a broken promise instead', [told(['a'])], 2],
  ['the error twice', [told(['a'], 'FAULT_1'), told(['a'], 'FAULT_1')], 2],
  ['one more that is not below a null', [told(['a'], 'FAULT_1'), told(['b'], 'FAULT_1')], 1],
])('a field that failed: %s', (_, errors, problems) => {
  expect(differences(failed, answer({ a: null }, ...errors))).toHaveLength(problems);
});

test('whoever finds a broken promise may call it what it likes', () => {
  const reference = refer({ a: null }, [failure(['a'])]);
  expect(differences(reference, answer({ a: null }, told(['a'], 'INVALID_SUBGRAPH_ANSWER')))).toEqual([]);
});

const bubbled = refer({ a: null }, [failure(['a', 'b'], 'FAULT_1')], {
  possible: [failure(['a', 'b'], 'FAULT_1'), failure(['a', 'c'], 'FAULT_2')],
  unbubbled: { a: { b: null, c: null, d: null, e: 1 } },
});

test.each([
  ['the same cause', [told(['a', 'b'], 'FAULT_1')], []],
  ['another cause', [told(['a', 'c'], 'FAULT_2')], []],
  ['both', [told(['a', 'b'], 'FAULT_1'), told(['a', 'c'], 'FAULT_2')], []],
  ['a null that may not be', [told(['a', 'd'])], []],
  ['nothing', [], ['errors: none for the null at "a"']],
  ['a bystander', [told(['a', 'e'])], ['errors: not a cause of the null at "a": a.e INVALID']],
  ['the right code elsewhere', [told(['a'], 'FAULT_1')], ['errors: not a cause of the null at "a": a FAULT_1']],
])('a null that came from below is explained by %s', (_, errors, problems) => {
  expect(differences(bubbled, answer({ a: null }, ...errors))).toEqual(problems);
});

test('the failure of a field that was only needed for another may be told or not', () => {
  const reference = refer({ a: 1 }, [], { hidden: new Set(['FAULT_1']) });
  expect(differences(reference, answer({ a: 1 }, told(['input'], 'FAULT_1')))).toEqual([]);
  expect(differences(reference, answer({ a: 1 }))).toEqual([]);
});

test('a field that was needed and selected must tell its failure', () => {
  const reference = { ...failed, hidden: new Set(['FAULT_1']) };
  expect(differences(reference, answer({ a: null }))).toHaveLength(2);
});
