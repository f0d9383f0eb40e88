import { expect, test } from 'vitest';
import { requireDescriptors } from './descriptor-limit.ts';

const limits = (hard: string) =>
  `Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 ${hard}                files\n`;

test.each([
  [5_000, '20000'],
  [19_500, '20000'],
  [1_000_000, 'unlimited'],
])('%i subscribers fit into a limit of %s', (sockets, hard) => {
  expect(() => requireDescriptors(sockets, limits(hard))).not.toThrow();
});

test('too many are refused with what to do about it', () => {
  expect(() => requireDescriptors(10_000, limits('4096'))).toThrow(
    '10000 subscribers need 10500 open files, and a process may have 4096 here: ' +
      'raise it with "ulimit -Hn 10500" (as root) or take fewer with --subscribers.',
  );
});
