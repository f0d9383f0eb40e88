import { describe, expect, it } from 'vitest';
import { changesToTell, type Happening } from './changes-to-tell.ts';

const readUpTo = new Date(0);

describe('what a transaction tells of a notification', () => {
  it.each<[Happening['kind'][], Happening['kind'][]]>([
    [['New'], ['New']],
    [['New', 'Updated', 'Updated'], ['New']],
    [['Updated', 'Updated'], ['Updated']],
    [['Updated', 'Removed'], ['Removed']],
    [['New', 'Updated', 'Removed'], []],
    [['Read', 'Updated'], ['Updated']],
  ])('%j → %j', (steps, told) => {
    const happenings = steps.map((kind) => ({ kind, notificationId: 'a' }) as Happening);
    expect(changesToTell(happenings).map(({ kind }) => kind)).toEqual(told);
  });

  it('is apart from what it tells of others, and from reading all', () => {
    expect(
      changesToTell([
        { kind: 'New', notificationId: 'a' },
        { kind: 'New', notificationId: 'b' },
        { kind: 'AllRead', readUpTo },
        { kind: 'Removed', notificationId: 'a' },
      ]),
    ).toEqual([
      { kind: 'New', notificationId: 'b' },
      { kind: 'AllRead', readUpTo },
    ]);
  });
});
