import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, startAuth } from './auth-fixture.ts';
import { REFRESH } from './operations.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const refresh = async (refreshToken: string) =>
  (await auth.newCaller().data<Answer>(REFRESH, { input: { refreshToken } })).refreshTokens as Answer;
const sessionOf = async (sessionId: string) =>
  (await auth.sql`select * from user_sessions where session_id = ${sessionId}`)[0];
/** As if the grace of every exchange so far were over. */
const letGraceEnd = (sessionId: string) =>
  auth.sql`update retired_refresh_hashes set retired_at = retired_at - interval '11 seconds' where session_id = ${sessionId}`;
const REFUSED = { tokens: null, errors: [{ code: 'EXPIRED' }] };

describe('a refresh token', () => {
  it('is exchanged for another one of the same session', async () => {
    const { refreshToken, viewer } = await auth.person();
    const { tokens } = await refresh(refreshToken);
    expect(tokens.refreshToken).not.toBe(refreshToken);
    expect(auth.viewerFrom(tokens.accessToken)).toEqual(viewer);
    expect((await refresh(tokens.refreshToken)).errors).toEqual([]);
  });

  it('gets the same successor again within the grace, for a client whose answer was lost', async () => {
    const { refreshToken } = await auth.person();
    const [first, second] = [await refresh(refreshToken), await refresh(refreshToken)];
    expect(second.tokens.refreshToken).toBe(first.tokens.refreshToken);
  });

  it('has one successor when fifty ask at once', async () => {
    const { refreshToken, viewer } = await auth.person();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    expect(answers.every(({ errors }) => errors.length === 0)).toBe(true);
    expect(new Set(answers.map(({ tokens }) => tokens.refreshToken)).size).toBe(1);
    const retired = await auth.sql`select 1 from retired_refresh_hashes where session_id = ${viewer.sessionId}`;
    expect(retired).toHaveLength(1);
    expect((await refresh(answers[0]?.tokens.refreshToken)).errors).toEqual([]);
  });

  it('that is used again later ends the session: for the thief and for the owner, with event and notice', async () => {
    const { refreshToken, viewer, id } = await auth.person();
    const { tokens } = await refresh(refreshToken);
    await letGraceEnd(viewer.sessionId);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    expect(await refresh(tokens.refreshToken)).toMatchObject(REFUSED);
    expect(await sessionOf(viewer.sessionId)).toMatchObject({ is_active: false, revoked_reason: 'TokenReuse' });
    const events = await auth.sql`
      select event->'payload' as payload from outbox where event->>'type' = 'SessionRevoked' and event->>'aggregateId' = ${id}`;
    expect(events).toMatchObject([{ payload: { userId: id, sessionIds: [viewer.sessionId], reason: 'TokenReuse' } }]);
    await eventually(() => auth.redis.get(`${auth.namespace}:revoked:sid:${viewer.sessionId}`));
  });

  it('that is used again by fifty at once ends the session once', async () => {
    const { refreshToken, viewer, id } = await auth.person();
    await refresh(refreshToken);
    await letGraceEnd(viewer.sessionId);
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    expect(answers.every(({ tokens }) => tokens === null)).toBe(true);
    expect(
      await auth.sql`select 1 from outbox where event->>'type' = 'SessionRevoked' and event->>'aggregateId' = ${id}`,
    ).toHaveLength(1);
  });

  it('of another login is not touched by a reuse', async () => {
    const { refreshToken, username, viewer } = await auth.person();
    const other = await auth.logIn(username);
    await refresh(refreshToken);
    await letGraceEnd(viewer.sessionId);
    await refresh(refreshToken);
    expect((await refresh(other.tokens.refreshToken)).errors).toEqual([]);
  });

  it('lives 30 days from its last exchange, and no session longer than 90', async () => {
    const { refreshToken, viewer } = await auth.person();
    const days = (date: Date) => (date.getTime() - Date.now()) / 86_400_000;
    expect(days((await sessionOf(viewer.sessionId))?.expires_at)).toBeCloseTo(30, 1);
    await auth.sql`update user_sessions set absolute_expires_at = now() + interval '31 days', expires_at = now() + interval '1 day'
      where session_id = ${viewer.sessionId}`;
    const { tokens } = await refresh(refreshToken);
    expect(days(new Date(tokens.refreshTokenExpiresAt))).toBeCloseTo(30, 1);
    await auth.sql`update user_sessions set absolute_expires_at = now() + interval '2 days', expires_at = now() + interval '1 day'
      where session_id = ${viewer.sessionId}`;
    const last = await refresh(tokens.refreshToken);
    expect(days(new Date(last.tokens.refreshTokenExpiresAt))).toBeCloseTo(2, 1);
  });

  it('is refused once it has expired, and once the account is suspended', async () => {
    const [expired, suspended] = [await auth.person(), await auth.person()];
    await auth.sql`update user_sessions set expires_at = now() - interval '1 second' where session_id = ${expired.viewer.sessionId}`;
    await auth.sql`update users set account_status = 'Suspended' where user_id = ${suspended.id}`;
    expect(await refresh(expired.refreshToken)).toMatchObject(REFUSED);
    expect(await refresh(suspended.refreshToken)).toMatchObject(REFUSED);
  });

  it.each([[''], ['x'], ['a'.repeat(43)], ["' or 1=1 --"], ['a'.repeat(100_000)], ['\u0000'.repeat(43)]])(
    'is refused if it is %.30j',
    async (token) => {
      expect(await refresh(token)).toMatchObject(REFUSED);
    },
  );

  it('carries the role of today, not of the login', async () => {
    const { refreshToken, id } = await auth.person();
    await auth.sql`update users set role = 'Moderator' where user_id = ${id}`;
    expect(auth.viewerFrom((await refresh(refreshToken)).tokens.accessToken)).toMatchObject({
      role: 'Moderator',
      scopes: ['user', 'moderate'],
    });
  });
});
