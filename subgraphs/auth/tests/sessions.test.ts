import { createRedis, silentLogger, waitForRedis } from '@postbook/service-kit';
import { eventually, testStores } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, type LoggedIn, startAuth } from './auth-fixture.ts';
import { LOG_OUT, REFRESH, REVOKE, REVOKE_OTHERS, SESSIONS } from './operations.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const pageOf = async ({ client }: LoggedIn, variables: Answer = {}) =>
  (await client.data<Answer>(SESSIONS, variables)).sessions as Answer;
const idsOf = (page: Answer) => page.nodes.map(({ id }: Answer) => id);
const noticeOf = (sessionId: string) => auth.redis.get(`${auth.namespace}:revoked:sid:${sessionId}`);

describe('sessions', () => {
  it('are listed newest first, the current one marked, with device and address', async () => {
    const person = await auth.person();
    const { tokens } = await auth.logIn(person.username);
    const page = await pageOf(person);
    expect(page.nodes).toMatchObject([
      { id: auth.viewerFrom(tokens.accessToken).sessionId, isCurrent: false },
      { id: person.viewer.sessionId, isCurrent: true, deviceType: 'Web', deviceInfo: 'Firefox on Linux' },
    ]);
    expect(page.nodes[0].ipAddress).toMatch(/^198\.51\./);
  });

  it('are paged forwards and backwards without gap or repeat, also when they began in the same millisecond', async () => {
    const person = await auth.person();
    await Promise.all(Array.from({ length: 12 }, () => auth.logIn(person.username)));
    await auth.sql`update user_sessions set created_at = '2026-01-01T00:00:00.123Z' where user_id = ${person.id}`;
    const all = idsOf(await pageOf(person, { first: 50 }));
    expect(all).toHaveLength(13);

    const forwards: string[] = [];
    let page = await pageOf(person, { first: 5 });
    for (;;) {
      forwards.push(...idsOf(page));
      if (!page.pageInfo.hasNextPage) break;
      page = await pageOf(person, { first: 5, after: page.pageInfo.endCursor });
    }
    expect(forwards).toEqual(all);

    const backwards: string[] = [];
    page = await pageOf(person, { last: 5 });
    for (;;) {
      backwards.unshift(...idsOf(page));
      if (!page.pageInfo.hasPreviousPage) break;
      page = await pageOf(person, { last: 5, before: page.pageInfo.startCursor });
    }
    expect(backwards).toEqual(all);
  });

  it.each([
    [{ first: 0 }],
    [{ first: 51 }],
    [{ last: -1 }],
    [{ first: 5, last: 5 }],
    [{ after: 'nonsense' }],
    [{ after: Buffer.from('["other list",[1,"x"]]').toString('base64url') }],
  ])('refuse the page %j', async (variables) => {
    const { client } = await auth.person();
    const { errors } = await client.execute(SESSIONS, variables);
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });

  it.each([
    [[1, "' or 1=1"]],
    [[8.7e15, '00000000-0000-4000-8000-000000000000']],
    [[-1, '00000000-0000-4000-8000-000000000000']],
  ])('refuse a forged cursor of %j without failing inside', async (key) => {
    const { client } = await auth.person();
    const after = Buffer.from(JSON.stringify(['sessions', key])).toString('base64url');
    const { errors } = await client.execute(SESSIONS, { after });
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });

  it.each([[SESSIONS], [LOG_OUT], [REVOKE_OTHERS]])('are for who is logged in: %.40s', async (operation) => {
    const { errors } = await auth.newCaller().execute(operation);
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });
});

describe('the end of a session', () => {
  it('takes back the refresh token, leaves an event and tells the gateways at once', async () => {
    const { client, viewer, refreshToken, id } = await auth.person();
    const subscriber = createRedis(testStores().redisUrl, { name: 'test', log: silentLogger });
    await waitForRedis(subscriber, 5_000);
    const messages: unknown[] = [];
    subscriber.on('message', (_channel: string, text: string) => messages.push(JSON.parse(text)));
    await subscriber.subscribe(`${auth.namespace}:revocations`);

    await client.data(LOG_OUT);
    await eventually(() => messages.length > 0);
    expect(messages[0]).toEqual({ kind: 'session', sessionId: viewer.sessionId });
    expect(await noticeOf(viewer.sessionId)).toBe('Logout');
    const ttl = await auth.redis.ttl(`${auth.namespace}:revoked:sid:${viewer.sessionId}`);
    expect(ttl).toBeGreaterThanOrEqual(10 * 60);
    subscriber.disconnect();

    const { refreshTokens } = await client.data<Answer>(REFRESH, { input: { refreshToken } });
    expect(refreshTokens).toMatchObject({ tokens: null, errors: [{ code: 'EXPIRED' }] });
    const events =
      await auth.sql`select event from outbox where event->>'type' = 'SessionRevoked' and event->>'aggregateId' = ${id}`;
    expect(events).toMatchObject([
      { event: { version: 2, payload: { sessionIds: [viewer.sessionId], reason: 'Logout' } } },
    ]);
  });

  it('can be repeated without a second event', async () => {
    const { client, id } = await auth.person();
    await client.data(LOG_OUT);
    await client.data(LOG_OUT);
    expect(
      await auth.sql`select 1 from outbox where event->>'type' = 'SessionRevoked' and event->>'aggregateId' = ${id}`,
    ).toHaveLength(1);
  });

  it('is for one’s own sessions: somebody else’s is as unknown as one that never was', async () => {
    const [owner, thief] = [await auth.person(), await auth.person()];
    const answers = [];
    for (const sessionId of [owner.viewer.sessionId, '00000000-0000-4000-8000-000000000000', "' or 1=1"]) {
      answers.push((await thief.client.data<Answer>(REVOKE, { input: { sessionId } })).revokeSession);
    }
    expect(answers).toMatchObject(
      Array(3).fill({ sessionId: null, errors: [{ code: 'NOT_FOUND', path: ['input', 'sessionId'] }] }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(idsOf(await pageOf(owner))).toEqual([owner.viewer.sessionId]);
  });

  it('can be chosen for one other session', async () => {
    const person = await auth.person();
    const other = auth.viewerFrom((await auth.logIn(person.username)).tokens.accessToken).sessionId;
    const { revokeSession } = await person.client.data<Answer>(REVOKE, { input: { sessionId: other } });
    expect(revokeSession).toEqual({ sessionId: other, errors: [] });
    expect(idsOf(await pageOf(person))).toEqual([person.viewer.sessionId]);
  });

  it('can be chosen for all others', async () => {
    const person = await auth.person();
    await Promise.all(Array.from({ length: 3 }, () => auth.logIn(person.username)));
    expect(await person.client.data(REVOKE_OTHERS)).toEqual({ revokeOtherSessions: { revokedCount: 3 } });
    expect(idsOf(await pageOf(person))).toEqual([person.viewer.sessionId]);
    expect(await person.client.data(REVOKE_OTHERS)).toEqual({ revokeOtherSessions: { revokedCount: 0 } });
  });

  it('has its notice written again by the event, should Redis have been away at the commit', async () => {
    const { client, viewer } = await auth.person();
    await client.data(LOG_OUT);
    await eventually(async () => (await auth.sql`select 1 from outbox where published_at is null`).length === 0);
    await auth.redis.del(`${auth.namespace}:revoked:sid:${viewer.sessionId}`);
    await auth.sql`update outbox set published_at = null where event->'payload'->'sessionIds'->>0 = ${viewer.sessionId}`;
    expect(await eventually(() => noticeOf(viewer.sessionId))).toBe('Logout');
  });
});
