import { relationshipId } from '@postbook/events';
import { silentLogger } from '@postbook/service-kit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProfilesDatabase } from '../src/database/profiles-database-repository.ts';
import { expireRequests } from '../src/friend-request/friend-request-expiry.ts';
import { createServices } from '../src/services.ts';
import { ACCEPT, BLOCK, CANCEL, DECLINE, ENTITIES, REQUESTS, SEND, USER } from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.stop());

const DAY_MS = 24 * 60 * 60_000;
const two = async () => (await profiles.people(2)) as [TestPerson, TestPerson];
const at = (person: TestPerson, message?: string) => ({
  input: { userId: person.id, ...(message ? { message } : {}) },
});
const to = (request: Answer) => ({ input: { requestId: request.id } });
const send = async (from: TestPerson, receiver: TestPerson) => (await from.run(SEND, at(receiver))).request as Answer;
const stored = () => profiles.db.collection('friend_requests');
const age = (request: Answer, fields: Record<string, Date>) =>
  stored().updateOne({ _id: new ObjectId(String(request.id)) }, { $set: fields });
const relationshipOf = async (viewer: TestPerson, person: TestPerson) =>
  (await viewer.run(USER, { username: person.username })).relationship;

describe('sending a request', () => {
  it('shows it to both, with its message and its end after 30 days, and tells other services', async () => {
    const [ada, eve] = await two();
    const { request, errors } = await ada.run(SEND, at(eve, '  It is me. '));
    expect(errors).toEqual([]);
    expect(request).toMatchObject({
      status: 'PENDING',
      message: 'It is me.',
      sender: { id: ada.id },
      receiver: { id: eve.id },
      respondedAt: null,
    });
    expect(Date.parse(request.expiresAt) - Date.parse(request.sentAt)).toBe(30 * DAY_MS);
    expect((await eve.run(REQUESTS, { direction: 'INCOMING' })).nodes).toMatchObject([{ id: request.id }]);
    expect((await ada.run(REQUESTS, { direction: 'OUTGOING' })).nodes).toMatchObject([{ id: request.id }]);
    for (const [viewer, other] of [
      [ada, eve],
      [eve, ada],
    ] as const) {
      expect((await relationshipOf(viewer, other)).pendingRequest).toMatchObject({
        id: request.id,
        sender: { id: ada.id },
      });
    }
    const event = await profiles.heardEvent('FriendRequestSent', ({ aggregateId }) => aggregateId === request.id);
    expect(event.payload).toEqual({ requestId: request.id, fromUserId: ada.id, toUserId: eve.id });
  });

  it('twice gives the request that waits, and tells of one', async () => {
    const [ada, eve] = await two();
    const first = await send(ada, eve);
    expect(await send(ada, eve)).toEqual(first);
    await ada.run(CANCEL, to(first));
    await profiles.heardEvent('FriendRequestCancelled', ({ aggregateId }) => aggregateId === first.id);
    const told = profiles.heard.filter(({ aggregateId }) => aggregateId === first.id).map(({ type }) => type);
    expect(told).toEqual(['FriendRequestSent', 'FriendRequestCancelled']);
  });

  it('to somebody who asked already is an acceptance', async () => {
    const [ada, eve] = await two();
    const first = await send(ada, eve);
    expect(await send(eve, ada)).toMatchObject({ id: first.id, status: 'ACCEPTED', sender: { id: ada.id } });
    expect(await relationshipOf(ada, eve)).toMatchObject({ isFriend: true, isFollowing: true, isFollowedBy: true });
  });

  it('to a friend is refused', async () => {
    const [ada, eve] = await two();
    await profiles.befriend(ada, eve);
    expect((await eve.run(SEND, at(ada))).errors).toEqual([{ code: 'ALREADY_DONE', path: ['input', 'userId'] }]);
  });

  it('to somebody who takes none is refused, but their own is accepted by it', async () => {
    const [ada, eve] = await two();
    await profiles.setPrivacy(eve, { allowFriendRequests: false });
    const refusal = { request: null, errors: [{ code: 'NOT_ALLOWED', path: ['input', 'userId'] }] };
    expect(await ada.run(SEND, at(eve))).toEqual(refusal);
    await send(eve, ada);
    expect(await send(ada, eve)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('with a message of more than 200 characters is refused', async () => {
    const [ada, eve] = await two();
    expect((await ada.run(SEND, at(eve, 'x'.repeat(201)))).errors).toEqual([
      { code: 'TOO_LONG', path: ['input', 'message'] },
    ]);
    expect((await ada.run(SEND, at(eve, '🦊'.repeat(200)))).errors).toEqual([]);
  });
});

describe('accepting', () => {
  it('makes friends who follow one another, counts and tells it; repeating changes nothing', async () => {
    const [ada, eve] = await two();
    const request = await send(ada, eve);
    for (const _ of [1, 2]) {
      const answer = await eve.run(ACCEPT, to(request));
      expect(answer).toMatchObject({ request: { status: 'ACCEPTED', expiresAt: null }, errors: [] });
      expect(answer.request.respondedAt).not.toBeNull();
    }
    for (const [viewer, other] of [
      [ada, eve],
      [eve, ada],
    ] as const) {
      expect(await relationshipOf(viewer, other)).toMatchObject({
        isFriend: true,
        isFollowing: true,
        isFollowedBy: true,
      });
      const { profile, friends } = await viewer.run(USER, { username: viewer.username });
      expect(profile.statistics).toEqual({ friendsCount: 1, followersCount: 1, followingCount: 1 });
      expect(friends.nodes).toEqual([{ id: other.id }]);
    }
    const accepted = await profiles.heardEvent(
      'FriendRequestAccepted',
      ({ payload }) => payload.requestId === request.id,
    );
    expect(accepted.aggregateId).toBe(relationshipId('Friend', ada.id, eve.id));
    for (const [a, b] of [
      [ada, eve],
      [eve, ada],
    ] as const) {
      await profiles.heardEvent('Followed', ({ aggregateId }) => aggregateId === relationshipId('Follow', a.id, b.id));
    }
    const again = profiles.heard.filter(({ aggregateId }) => aggregateId === accepted.aggregateId);
    expect(again).toHaveLength(1);
    const traces = await profiles.db
      .collection('user_activities')
      .find({ activityType: 'FriendAdded', userId: ada.id });
    expect(await traces.toArray()).toMatchObject([{ metadata: { friendId: eve.id } }]);
  });

  it('keeps a follow that was there, and counts it once', async () => {
    const [ada, eve] = await two();
    await profiles.follow(ada, eve);
    await profiles.befriend(ada, eve);
    const { profile } = await eve.run(USER, { username: eve.username });
    expect(profile.statistics).toEqual({ friendsCount: 1, followersCount: 1, followingCount: 1 });
  });

  it('by the sender, by others or of no request is refused alike', async () => {
    const [ada, eve] = await two();
    const carl = await profiles.person();
    const request = await send(ada, eve);
    const notFound = { request: null, errors: [{ code: 'NOT_FOUND', path: ['input', 'requestId'] }] };
    expect(await ada.run(ACCEPT, to(request))).toEqual(notFound);
    expect(await carl.run(ACCEPT, to(request))).toEqual(notFound);
    expect(await carl.run(DECLINE, to(request))).toEqual(notFound);
    expect(await eve.run(CANCEL, to(request))).toEqual(notFound);
    expect(await eve.run(ACCEPT, { input: { requestId: '0123456789abcdef01234567' } })).toEqual(notFound);
    expect(await eve.run(ACCEPT, { input: { requestId: 'none' } })).toEqual(notFound);
  });
});

describe('declining', () => {
  it('ends the request; asking again is refused for seven days, as by somebody who takes none', async () => {
    const [ada, eve] = await two();
    const request = await send(ada, eve);
    for (const _ of [1, 2]) {
      expect(await eve.run(DECLINE, to(request))).toMatchObject({ request: { status: 'REJECTED' }, errors: [] });
    }
    await profiles.heardEvent('FriendRequestDeclined', ({ aggregateId }) => aggregateId === request.id);
    expect((await ada.run(SEND, at(eve))).errors).toEqual([{ code: 'NOT_ALLOWED', path: ['input', 'userId'] }]);
    await age(request, { respondedAt: new Date(Date.now() - 7 * DAY_MS - 1_000) });
    expect((await ada.run(SEND, at(eve))).request).toMatchObject({ status: 'PENDING' });
  });

  it('does not keep the one who declined from asking', async () => {
    const [ada, eve] = await two();
    await eve.run(DECLINE, to(await send(ada, eve)));
    expect((await eve.run(SEND, at(ada))).request).toMatchObject({ status: 'PENDING', sender: { id: eve.id } });
  });
});

describe('taking back', () => {
  it('ends the request; asking again is possible at once', async () => {
    const [ada, eve] = await two();
    const request = await send(ada, eve);
    for (const _ of [1, 2]) {
      expect(await ada.run(CANCEL, to(request))).toMatchObject({ request: { status: 'CANCELLED' }, errors: [] });
    }
    expect((await eve.run(ACCEPT, to(request))).errors).toEqual([
      { code: 'ALREADY_DONE', path: ['input', 'requestId'] },
    ]);
    expect((await send(ada, eve)).id).not.toBe(request.id);
  });

  it('after the answer is refused', async () => {
    const [ada, eve] = await two();
    const request = await send(ada, eve);
    await eve.run(ACCEPT, to(request));
    expect((await ada.run(CANCEL, to(request))).errors).toEqual([
      { code: 'ALREADY_DONE', path: ['input', 'requestId'] },
    ]);
    expect((await eve.run(DECLINE, to(request))).errors).toEqual([
      { code: 'ALREADY_DONE', path: ['input', 'requestId'] },
    ]);
  });
});

describe('a request whose time is over', () => {
  const past = { expiresAt: new Date(Date.now() - 1_000) };

  it('waits no more, even before the job comes by', async () => {
    const [ada, eve] = await two();
    const request = await send(ada, eve);
    await age(request, past);
    expect((await eve.run(REQUESTS, { direction: 'INCOMING' })).nodes).toEqual([]);
    expect((await relationshipOf(eve, ada)).pendingRequest).toBeNull();
    expect((await eve.run(ACCEPT, to(request))).errors).toEqual([{ code: 'EXPIRED', path: ['input', 'requestId'] }]);
    const next = await send(eve, ada);
    expect(next).toMatchObject({ status: 'PENDING', sender: { id: eve.id } });
    const event = await profiles.heardEvent('FriendRequestCancelled', ({ aggregateId }) => aggregateId === request.id);
    expect(event.payload.expired).toBe(true);
  });

  it('is ended by the job with an event, others are left alone, and the store removes it only later', async () => {
    const [ada, eve] = await two();
    const carl = await profiles.person();
    const [old, young] = [await send(ada, eve), await send(carl, eve)];
    await age(old, past);
    const database = createProfilesDatabase(profiles.config, silentLogger);
    await database.start();
    const services = createServices({
      config: profiles.config,
      database,
      accounts: undefined,
      log: silentLogger,
      onEvent: () => undefined,
    });
    const parts = { ...services, ...services.repositories, onEvent: () => undefined };
    expect(await expireRequests(parts, new AbortController().signal)).toBe(1);
    expect(await expireRequests(parts, new AbortController().signal)).toBe(0);
    await database.stop();
    const event = await profiles.heardEvent('FriendRequestCancelled', ({ aggregateId }) => aggregateId === old.id);
    expect(event.payload).toMatchObject({ expired: true, fromUserId: ada.id, toUserId: eve.id });
    const ended = await stored().findOne({ _id: new ObjectId(String(old.id)) });
    expect(ended).toMatchObject({ status: 'Cancelled' });
    expect(ended?.sweepAt.getTime()).toBeGreaterThan(Date.now() + 50 * DAY_MS);
    expect((await eve.run(REQUESTS, { direction: 'INCOMING' })).nodes).toMatchObject([{ id: young.id }]);
  });
});

describe('who sees a request', () => {
  it('the two it is between, as an entity too; others get null', async () => {
    const [ada, eve] = await two();
    const carl = await profiles.person();
    const request = await send(ada, eve);
    const entity = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on FriendRequest { id status } } }`;
    const representations = [{ __typename: 'FriendRequest', id: request.id }];
    expect(await ada.run(entity, { representations })).toEqual([{ id: request.id, status: 'PENDING' }]);
    expect(await eve.run(entity, { representations })).toEqual([{ id: request.id, status: 'PENDING' }]);
    expect(await carl.run(entity, { representations })).toEqual([null]);
    expect(await profiles.anonymous(entity, { representations })).toEqual([null]);
  });

  it('none of somebody who is hidden by now', async () => {
    const [ada, eve] = await two();
    await send(ada, eve);
    await profiles.publish('UserDeactivated', 2, { userId: ada.id });
    await profiles.publish('UserDeactivated', 2, { userId: ada.id });
    const carl = await profiles.person();
    const [hidden] = (await carl.run(ENTITIES, {
      representations: [{ __typename: 'User', id: ada.id }],
    })) as unknown as Answer[];
    expect(hidden?.profile).toBeNull();
    expect((await eve.run(REQUESTS, { direction: 'INCOMING' })).nodes).toEqual([]);
  });
});

describe('at the same moment', () => {
  const friendsOf = async (person: TestPerson) =>
    (await person.run(USER, { username: person.username })).profile.statistics.friendsCount;
  const edgesBetween = (a: TestPerson, b: TestPerson) =>
    profiles.db
      .collection('relationships')
      .find({ from: { $in: [a.id, b.id] }, to: { $in: [a.id, b.id] } })
      .toArray();

  it('two people asking each other become friends once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, eve] = await two();
      const [a, b] = await Promise.all([ada.run(SEND, at(eve)), eve.run(SEND, at(ada))]);
      expect([a.errors, b.errors]).toEqual([[], []]);
      expect(a.request.id).toBe(b.request.id);
      expect(await stored().countDocuments({ pairKey: [ada.id, eve.id].sort().join(':') })).toBe(1);
      expect([await friendsOf(ada), await friendsOf(eve)]).toEqual([1, 1]);
      const kinds = (await edgesBetween(ada, eve)).map(({ kind }) => kind).sort();
      expect(kinds).toEqual(['Follow', 'Follow', 'Friend', 'Friend']);
    }
  });

  it('one person asking ten times makes one request', async () => {
    const [ada, eve] = await two();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(ada, eve)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await stored().countDocuments({ senderId: ada.id })).toBe(1);
  });

  it('accepting ten times makes one friendship', async () => {
    const [ada, eve] = await two();
    const request = await send(ada, eve);
    await Promise.all(Array.from({ length: 10 }, () => eve.run(ACCEPT, to(request))));
    expect([await friendsOf(ada), await friendsOf(eve)]).toEqual([1, 1]);
  });

  it('a block that meets an acceptance leaves no friendship', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [ada, eve] = await two();
      const request = await send(ada, eve);
      const block = () => ada.run(BLOCK, { input: { userId: eve.id } });
      const accept = () => eve.run(ACCEPT, to(request));
      await Promise.all(round % 2 === 0 ? [block(), accept()] : [accept(), block()]);
      expect(await edgesBetween(ada, eve)).toMatchObject([{ from: ada.id, to: eve.id, kind: 'Block' }]);
      expect([await friendsOf(ada), await friendsOf(eve)]).toEqual([0, 0]);
    }
  });

  it('twenty followers of one person are all counted', async () => {
    const [star, ...fans] = await profiles.people(21);
    if (!star) throw new Error('nobody');
    const answers = await Promise.all(fans.map((fan) => profiles.follow(fan, star)));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    const { profile } = await star.run(USER, { username: star.username });
    expect(profile.statistics.followersCount).toBe(20);
  });
});
