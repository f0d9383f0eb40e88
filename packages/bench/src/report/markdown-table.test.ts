import { expect, test } from 'vitest';
import { type Column, markdownTable } from './markdown-table.ts';

interface Side {
  readonly name: string;
  readonly speed: number;
}

const columns: Column<Side>[] = [
  { heading: 'side', cell: ({ name }) => name },
  { heading: 'per second', align: 'right', cell: ({ speed }) => String(speed) },
];

test('columns are as wide as their widest cell, numbers to the right', () => {
  const table = markdownTable(columns, [
    { name: 'a', speed: 1 },
    { name: 'longer', speed: 12_345 },
  ]);
  expect(table).toBe(
    ['| side   | per second |', '| ------ | ---------: |', '| a      |          1 |', '| longer |      12345 |'].join(
      '\n',
    ),
  );
});

test('what would break a cell is escaped', () => {
  expect(
    markdownTable(columns, [{ name: 'a|b\nc', speed: 1 }])
      .split('\n')
      .at(-1),
  ).toBe('| a\\|b c |          1 |');
});

test('a table without rows is its heading', () => {
  expect(markdownTable(columns, [])).toBe('| side | per second |\n| ---- | ---------: |');
});
