import { createIdentitySigner, createInternalClient } from '@postbook/service-kit';
import { createSubgraphClient } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AuthFixture, SECRET, startAuth } from './auth-fixture.ts';

const FEED = `query ($since: DateTime, $first: Int, $after: String, $last: Int, $before: String) {
  accountFeed(since: $since, first: $first, after: $after, last: $last, before: $before) {
    nodes { id username firstName lastName status version } pageInfo { hasNextPage endCursor startCursor }
  }
}`;
const answer = z.object({
  accountFeed: z.object({
    nodes: z.array(z.object({ id: z.string(), username: z.string(), status: z.string(), version: z.int() }).loose()),
    pageInfo: z.object({
      hasNextPage: z.boolean(),
      endCursor: z.string().nullable(),
      startCursor: z.string().nullable(),
    }),
  }),
});

describe('the feed of accounts for other services', () => {
  let auth: AuthFixture;
  let people: { id: string; username: string }[];
  beforeAll(async () => {
    auth = await startAuth();
    people = [];
    for (const name of ['first', 'second', 'third']) people.push(await auth.person(name));
  });
  afterAll(() => auth.stop());

  const read = async (variables: Record<string, unknown>) => {
    const client = createInternalClient({
      owner: 'auth',
      url: `${auth.url}/graphql`,
      secret: SECRET,
      service: 'posts',
    });
    return (await client.query(FEED, variables, answer)).accountFeed;
  };

  it('has every account, the one that changed last at the end, page by page', async () => {
    await auth.sql`update users set first_name = 'Changed' where user_id = ${people[0]?.id ?? ''}`;
    const first = await read({ first: 2 });
    expect(first.nodes.map(({ username }) => username)).toEqual(['second', 'third']);
    const rest = await read({ first: 2, after: first.pageInfo.endCursor });
    expect(rest.nodes).toEqual([
      expect.objectContaining({
        username: 'first',
        firstName: 'Changed',
        status: 'ACTIVE',
        version: expect.any(Number),
      }),
    ]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const back = await read({ last: 1, before: rest.pageInfo.startCursor });
    expect(back.nodes.map(({ username }) => username)).toEqual(['third']);
  });

  it('has only what changed since a moment, tombstones too', async () => {
    const [row] = await auth.sql<{ now: Date }[]>`select clock_timestamp() as now`;
    const since = row?.now.toISOString();
    await auth.sql`update users set account_status = 'Deleted', deleted_at = now() where user_id = ${people[1]?.id ?? ''}`;
    expect((await read({ since })).nodes).toEqual([expect.objectContaining({ username: 'second', status: 'DELETED' })]);
  });

  it('is refused to people, to nobody, and for a forged cursor', async () => {
    const signer = createIdentitySigner({ secret: SECRET });
    const viewer = (await auth.person('nosy')).viewer;
    for (const asked of [viewer, { ...viewer, role: 'Admin' as const }, undefined]) {
      const client = createSubgraphClient({ url: `${auth.url}/graphql`, audience: 'auth', signer, viewer: asked });
      const { data, errors } = await client.execute(FEED);
      expect([data, errors?.map(({ extensions }) => extensions?.code)]).toEqual([{ accountFeed: null }, ['FORBIDDEN']]);
    }
    await expect(read({ after: 'nonsense' })).rejects.toThrow('does not answer');
  });

  it('walks the index', async () => {
    const plan = await auth.sql.begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      return sql`explain select user_id from users where updated_at >= now() - interval '1 hour' order by updated_at, user_id limit 501`;
    });
    expect(JSON.stringify(plan)).toContain('users_updated_at_idx');
  });
});
