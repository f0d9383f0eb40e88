import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/conversation.ts';
import { createLiveAccess } from './live-access.ts';

const conversation = (id: string, kind: Conversation['kind'], memberIds: string[]) =>
  ({ id, kind, memberIds, sequence: 7 }) as unknown as Conversation;

/** Access over a store in memory that counts its queries. */
function access(blocked: readonly (readonly [string, string])[] = []) {
  const stored = [
    conversation('pair', 'Direct', ['ada', 'bob']),
    conversation('group', 'Group', ['ada', 'bob', 'eve']),
  ];
  const queries = { heads: 0, blocks: 0 };
  const { head } = createLiveAccess(
    {
      async byIds(ids) {
        queries.heads += 1;
        return stored.filter(({ id }) => ids.includes(id));
      },
    },
    {
      async areBlocked(pairs) {
        queries.blocks += 1;
        return pairs.map((pair) => blocked.some((edge) => pair.every((id) => edge.includes(id))));
      },
    },
  );
  return { head, queries };
}

describe('whether a viewer may still listen', () => {
  it.each([
    ['a member of a group', 'ada', 'group', true],
    ['one of two', 'bob', 'pair', true],
    ['somebody else', 'eve', 'pair', false],
    ['anybody, to nothing', 'ada', 'none', false],
  ])('%s', async (_who, viewer, id, expected) => {
    const answer = access().head(viewer, id);
    if (expected) expect(await answer).toBe(7);
    else await expect(answer).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('ends for both of two with a block, whoever made it, and not for groups that both are in', async () => {
    for (const edge of [
      ['ada', 'bob'],
      ['bob', 'ada'],
    ] as const) {
      const { head } = access([edge]);
      await expect(head('ada', 'pair')).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(head('bob', 'pair')).rejects.toMatchObject({ code: 'FORBIDDEN' });
      expect(await head('ada', 'group')).toBe(7);
    }
  });

  it('is asked for many streams with one query each', async () => {
    const { head, queries } = access();
    await Promise.all(Array.from({ length: 400 }, (_, n) => head(n % 2 === 0 ? 'ada' : 'bob', 'pair')));
    expect(queries).toEqual({ heads: 1, blocks: 1 });
  });
});
