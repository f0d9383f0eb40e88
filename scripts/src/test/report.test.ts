import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../paths.ts';
import { failuresOf } from './report.ts';

const name = join(root, 'db', 'tests', 'pool.test.ts');

it('names the tests that failed, each with the beginning of what it said', () => {
  const message = Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n');
  const assertionResults = [
    { fullName: 'a pool gives connections', status: 'passed' },
    { fullName: 'a pool takes them back', status: 'failed', failureMessages: [message] },
  ];
  expect(failuresOf({ testResults: [{ name, status: 'failed', assertionResults }] })).toEqual([
    {
      file: 'db/tests/pool.test.ts',
      name: 'a pool takes them back',
      message: 'line 0\nline 1\nline 2\nline 3\nline 4\nline 5\nline 6\nline 7',
    },
  ]);
});

it('names a file that could not be run', () => {
  const testResults = [{ name, status: 'failed', message: 'no such module', assertionResults: [] }];
  expect(failuresOf({ testResults })).toEqual([
    { file: 'db/tests/pool.test.ts', name: 'the file could not be run', message: 'no such module' },
  ]);
});
