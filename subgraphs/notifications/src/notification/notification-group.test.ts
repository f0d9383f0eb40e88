import { describe, expect, it } from 'vitest';
import type { Cause } from '../causes/cause.ts';
import type { Source } from '../causes/source.ts';
import { begin, join, leave } from './notification-group.ts';

const moment = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

const comment = (actorId: string, second: number): Cause => ({
  key: `Comment:${actorId}${second}`,
  version: 1,
  type: 'Comment',
  templateKey: 'Comment',
  groupKey: 'Comment:post',
  actorId,
  related: { type: 'Comment', id: `${actorId}${second}` },
  context: { postId: 'post' },
  entities: [],
  at: moment(second),
});

const source = ({ key, actorId, related, at }: Cause): Source => ({
  userId: 'me',
  key,
  actorId,
  isActive: true,
  version: 1,
  notificationId: 'n',
  related,
  entities: [],
  at,
  expiresAt: at,
});

const first = comment('ada', 10);
const group = begin('n', 'me', first);

describe('a group', () => {
  it('begins with one thing, to be kept for 90 days', () => {
    expect(group).toMatchObject({ actorIds: ['ada'], actorCount: 1, groupCount: 1, isRead: false });
    expect(group.expiresAt).toEqual(new Date(moment(10).getTime() + 90 * 86_400_000));
  });

  it('has nobody when it is PostBook’s own', () => {
    expect(begin('n', 'me', { ...first, actorId: null })).toMatchObject({ actorIds: [], actorCount: 0 });
  });

  it('shows the last three, each once', () => {
    const five = ['bob', 'eve', 'fay', 'bob'].reduce(
      (before, actor, n) => join(before, comment(actor, 11 + n), n !== 3),
      group,
    );
    expect(five).toMatchObject({ actorIds: ['bob', 'fay', 'eve'], actorCount: 4, groupCount: 5 });
    expect(five.related).toEqual({ type: 'Comment', id: 'bob14' });
    expect(five).toMatchObject({ createdAt: moment(10), updatedAt: moment(14) });
  });

  it('stays where it is when something late joins', () => {
    expect(join(group, comment('bob', 5), true)).toMatchObject({
      actorIds: ['ada', 'bob'],
      related: group.related,
      createdAt: moment(5),
      updatedAt: moment(10),
      expiresAt: group.expiresAt,
    });
  });

  it('shows the newest of those who remain', () => {
    const two = join(group, comment('bob', 11), true);
    const left = leave(two, { count: 1, goneActors: new Set(['bob']), remaining: [source(first)] });
    expect(left).toMatchObject({ actorIds: ['ada'], actorCount: 1, groupCount: 1, related: first.related });
    expect(left?.updatedAt).toEqual(two.updatedAt);
  });

  it('is nothing without the last thing', () => {
    expect(leave(group, { count: 1, goneActors: new Set(['ada']), remaining: [] })).toBeNull();
  });

  it('remembers whom it showed when their things are no longer kept', () => {
    const two = join(group, comment('bob', 11), true);
    const left = leave(two, { count: 1, goneActors: new Set(['bob']), remaining: [] });
    expect(left).toMatchObject({ actorIds: ['ada'], actorCount: 1 });
  });
});
