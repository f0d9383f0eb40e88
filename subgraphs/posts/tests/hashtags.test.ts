import { eventually } from '@postbook/testkit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHashtagRepository } from '../src/hashtag/hashtag-repository.ts';
import { createTrendRefresher } from '../src/hashtag/trend-job.ts';
import {
  contentsOf,
  deletePost,
  hashtag,
  type PageOf,
  publish,
  searchPosts,
  updatePost,
} from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
let eve: Person;
let clock = new Date();
beforeAll(async () => {
  posts = await startPosts({ instances: 2, overrides: { now: () => clock } });
  [ada, bob, eve] = await posts.people('ada', 'bob', 'eve');
  await posts.befriend(ada, bob);
});
afterAll(() => posts.stop());

const counts = (tag: string, count: number) =>
  eventually(async () => {
    const found = (await hashtag(eve.client, tag))?.postsCount;
    if (found !== count) throw new Error(`${tag} has ${found}`);
    return true;
  });

describe('a hashtag', () => {
  it('has its public posts, newest first, in whatever way it is written', async () => {
    await publish(ada, 'one #Straße');
    await publish(bob, 'two #STRASSE');
    await publish(ada, 'three #strasse', { visibility: 'FRIENDS' });
    await publish(ada, 'four #strassen');
    for (const tag of ['strasse', '#Straße', 'ＳＴＲＡＳＳＥ']) {
      const found = await hashtag(bob.client, tag);
      expect([found?.tag, contentsOf(found?.posts ?? null)]).toEqual(['strasse', ['two #STRASSE', 'one #Straße']]);
    }
    const first = await hashtag(eve.client, 'strasse', { first: 1 });
    const after = first?.posts.pageInfo.endCursor;
    expect(contentsOf((await hashtag(eve.client, 'strasse', { first: 1, after }))?.posts ?? null)).toEqual([
      'one #Straße',
    ]);
    await counts('strasse', 2);
  });

  it('counts public posts as they come, change and go', async () => {
    const { id } = await publish(ada, '#counted #once #counted');
    await counts('counted', 1);
    await updatePost(ada.client, { postId: id, content: '#once #twice' });
    await counts('counted', 0);
    await counts('twice', 1);
    await updatePost(ada.client, { postId: id, visibility: 'FRIENDS' });
    await counts('twice', 0);
    await updatePost(ada.client, { postId: id, visibility: 'PUBLIC' });
    await counts('twice', 1);
    await deletePost(ada.client, id);
    await counts('twice', 0);
    await counts('once', 0);
  });

  it('is counted once, also when its event comes again', async () => {
    const { id } = await publish(ada, '#repeated');
    await counts('repeated', 1);
    const stored = await posts.db.collection<{ _id: string; event: string }>('outbox').find({}).toArray();
    const event = stored.map((row) => JSON.parse(row.event)).find(({ aggregateId }) => aggregateId === id);
    await posts.bus.publish([event, event]);
    const { id: later } = await publish(ada, '#after_repeated');
    await counts('after_repeated', 1);
    await counts('repeated', 1);
    await deletePost(ada.client, later);
  });

  it('that was never used is empty, and a text that can’t be one is none', async () => {
    expect(await hashtag(eve.client, 'never_used')).toMatchObject({ postsCount: 0, posts: { nodes: [] } });
    for (const text of ['two words', '', '#', '##x', 'x'.repeat(51)])
      expect(await hashtag(eve.client, text)).toBeNull();
  });
});

describe('what trends', () => {
  const trending = async (args = '') => {
    const { trendingHashtags } = await eve.client.data<{
      trendingHashtags: PageOf<{ tag: string; postsCount: number }>;
    }>(
      `{ trendingHashtags${args} { nodes { tag postsCount } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
    return trendingHashtags;
  };
  const tagsOf = (page: PageOf<{ tag: string }>) => page.nodes.map(({ tag }) => tag);
  const refresh = () => createTrendRefresher(createHashtagRepository(posts.db), () => clock).refresh();
  const scoreOf = async (tag: string) => (await posts.db.collection('hashtags').findOne({ tag }))?.trendScore;
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60_000);

  it('is what many different people used in public lately', async () => {
    await posts.db.collection('hashtags').deleteMany({});
    await posts.db.collection('hashtag_usage').deleteMany({});
    clock = daysAgo(10);
    for (const author of [ada, bob, eve]) await publish(author, '#old_crowd');
    await publish(ada, '#both');
    clock = daysAgo(2);
    for (const author of [ada, bob]) await publish(author, '#week');
    await publish(bob, '#both');
    clock = new Date();
    for (let n = 0; n < 5; n += 1) await publish(ada, '#one_person');
    await publish(ada, '#both #secret', { visibility: 'FRIENDS' });
    for (const author of [ada, bob, eve]) await publish(author, '#crowd');
    await counts('crowd', 3);
    await counts('one_person', 5);
    await refresh();
    expect(await Promise.all(['crowd', 'one_person', 'week', 'old_crowd', 'both', 'secret'].map(scoreOf))).toEqual([
      3,
      1,
      1,
      0.6,
      0.7,
      undefined,
    ]);
    expect(tagsOf(await trending())).toEqual(['crowd', 'one_person', 'week', 'both', 'old_crowd']);
  });

  it('comes page by page, ties included', async () => {
    const first = await trending('(first: 2)');
    const second = await trending(`(first: 2, after: "${first.pageInfo.endCursor}")`);
    const third = await trending(`(first: 2, after: "${second.pageInfo.endCursor}")`);
    expect([first, second, third].map(tagsOf)).toEqual([['crowd', 'one_person'], ['week', 'both'], ['old_crowd']]);
    expect(third.pageInfo.hasNextPage).toBe(false);
    expect(tagsOf(await trending(`(last: 2, before: "${third.pageInfo.startCursor}")`))).toEqual(['week', 'both']);
  });

  it('fades as time passes, and ends', async () => {
    clock = new Date(Date.now() + 4 * 24 * 60 * 60_000);
    await refresh();
    expect(await Promise.all(['crowd', 'week', 'old_crowd'].map(scoreOf))).toEqual([1.5, 1, 0.6]);
    clock = new Date(Date.now() + 40 * 24 * 60 * 60_000);
    await refresh();
    expect(tagsOf(await trending())).toEqual([]);
    clock = new Date();
  });

  it('is computed for more hashtags than fit in one step', async () => {
    const at = new Date();
    const tags = Array.from({ length: 450 }, (_, n) => `many_${n}`);
    await posts.db.collection('hashtags').insertMany(
      tags.map((tag) => ({
        _id: new ObjectId(),
        tag,
        count: 1,
        trendScore: 0,
        lastUsed: at,
        createdAt: at,
        updatedAt: at,
      })),
    );
    await posts.db
      .collection('hashtag_usage')
      .insertMany(tags.map((tag) => ({ _id: new ObjectId(), tag, userId: ada.id, hour: at })));
    await refresh();
    expect(await posts.db.collection('hashtags').countDocuments({ trendScore: 1, tag: /^many_/ })).toBe(450);
  });
});

describe('search', () => {
  it('finds posts with all of the words, newest first, as one may see them', async () => {
    await publish(ada, 'Der schnelle braune Fuchs');
    await publish(ada, 'a brown FOX, braune Fuchs');
    await publish(ada, 'fuchs for friends', { visibility: 'FRIENDS' });
    await publish(ada, 'fuchs for me', { visibility: 'PRIVATE' });
    await publish(ada, 'fuchs for eve', { visibility: 'CUSTOM', audienceIds: [eve.id] });
    await publish(ada, 'Fuchsbau');
    const found = async (person: Person | undefined, query: string) =>
      contentsOf(await searchPosts(posts.client(person?.id), query));
    expect(await found(undefined, 'braune FUCHS')).toEqual(['a brown FOX, braune Fuchs', 'Der schnelle braune Fuchs']);
    expect(await found(bob, 'fuchs for')).toEqual(['fuchs for friends']);
    expect(await found(eve, 'for fuchs')).toEqual(['fuchs for eve']);
    expect(await found(ada, 'fuchs for')).toEqual(['fuchs for eve', 'fuchs for me', 'fuchs for friends']);
    expect(await found(ada, '"-"')).toEqual([]);
    expect(await found(ada, 'fuchs -for')).toHaveLength(3);
  });

  it('comes page by page and wants a text of some length', async () => {
    const first = await searchPosts(eve.client, 'fuchs', { first: 2 });
    const second = await searchPosts(eve.client, 'fuchs', { first: 2, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes]).toHaveLength(3);
    for (const query of ['x', '', 'x'.repeat(101)]) {
      await expect(searchPosts(eve.client, query)).rejects.toThrow('BAD_USER_INPUT');
    }
  });
});
