import { indexUseOf, migrateMongoDatabase, postsDatabase } from '@postbook/db/posts';
import { uuidv7 } from '@postbook/events';
import { createCardRepository, createRelationRepository } from '@postbook/people';
import { createMongoTransactor, type MongoTransaction, type PageRequest, type TimeKey } from '@postbook/service-kit';
import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCommentRepository } from '../src/comment/comment-repository.ts';
import { createErasureRepository } from '../src/erasure/erasure-repository.ts';
import { createLargeAuthorRepository } from '../src/feed/large-author-repository.ts';
import { createTimelineRepository } from '../src/feed/timeline-repository.ts';
import { createHashtagRepository } from '../src/hashtag/hashtag-repository.ts';
import { createVoteRepository } from '../src/poll/vote-repository.ts';
import { createPostListRepository } from '../src/post/post-list-repository.ts';
import { createPostRepository } from '../src/post/post-repository.ts';
import { createReactionRepository } from '../src/reaction/reaction-repository.ts';
import { createCounterRepository } from '../src/upkeep/counter-repository.ts';

// The commands that repositories really send are caught on their way and explained, so that a query can't drift away
// from its test.
const PEOPLE = 60;
const POSTS = 4_000;
const database = uniqueName('plans');
const client = new MongoClient(testStores().mongodbUrl, { monitorCommands: true });
const sent: Document[] = [];
const READS = new Set(['find', 'aggregate', 'findAndModify', 'update', 'delete']);
client.on('commandStarted', ({ command, commandName }) => {
  if (READS.has(commandName)) sent.push(command);
});
let db: Db;
let repositories: ReturnType<typeof createRepositories>;
const people = Array.from({ length: PEOPLE }, () => uuidv7());
const posts = Array.from({ length: POSTS }, () => new ObjectId());
const comments = Array.from({ length: POSTS }, () => new ObjectId());
const someone = (n: number) => people[n % PEOPLE] ?? '';
const [me, other] = [someone(0), someone(1)];
const idOf = (id: ObjectId | undefined) => id?.toHexString() ?? '';
const [postId, commentId] = [idOf(posts[5]), idOf(comments[5])];
const now = new Date();
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const createRepositories = (of: Db) => ({
  posts: createPostRepository(of),
  lists: createPostListRepository(of),
  comments: createCommentRepository(of),
  reactions: createReactionRepository(of),
  votes: createVoteRepository(of),
  hashtags: createHashtagRepository(of),
  timelines: createTimelineRepository(of),
  largeAuthors: createLargeAuthorRepository(of),
  erasures: createErasureRepository(of),
  counters: createCounterRepository(of),
  cards: createCardRepository(of),
  relations: createRelationRepository(of),
});

const VISIBILITIES = ['Public', 'Public', 'Friends', 'Private', 'Custom'];
const counted = { reactionCounts: {}, likesCount: 0, reactionSequence: 0 };
const postOf = (_id: ObjectId, n: number): Document => ({
  _id,
  userId: someone(n * 7),
  postType: 'Text',
  content: n % 500 === 0 ? 'quokka keeper' : 'something else',
  visibility: VISIBILITIES[n % 5],
  audience: n % 5 === 4 ? [someone(n)] : [],
  hashtags: [`tag_${n % 40}`],
  countedHashtags: [],
  mentions: [{ userId: someone(n * 3), name: 'x', isTold: true }],
  ...counted,
  commentsCount: 0,
  sharesCount: 0,
  viewsCount: 0,
  commentSequence: 0,
  isPinned: false,
  isArchived: false,
  isDeleted: n % 50 === 0,
  ...(n % 50 === 0 ? { deletedAt: minutesAgo(n) } : {}),
  version: 1,
  createdAt: minutesAgo(n),
  updatedAt: now,
  ...(n % 2 ? { clientMutationId: `request ${n}` } : {}),
});
const commentOf = (_id: ObjectId, n: number): Document => ({
  _id,
  postId: posts[n % 40],
  sequence: Math.floor(n / 40) + 1,
  userId: someone(n * 11),
  content: 'x',
  mentions: [{ userId: someone(n * 5), name: 'x', isTold: true }],
  parentCommentId: n % 3 ? null : comments[n % 40],
  ...counted,
  repliesCount: 0,
  isEdited: false,
  isDeleted: false,
  version: 1,
  createdAt: minutesAgo(n),
  updatedAt: now,
  ...(n % 2 ? { clientMutationId: `request ${n}` } : {}),
});

beforeAll(async () => {
  await client.connect();
  db = client.db(database);
  await migrateMongoDatabase(db, postsDatabase);
  repositories = createRepositories(db);
  const fill = (name: string, documents: Document[]) => db.collection(name).insertMany(documents);
  await fill('posts', posts.map(postOf));
  await fill('comments', comments.map(commentOf));
  await fill(
    'likes',
    posts.flatMap((entityId, n) => [
      { entityId, entityType: 'Post', userId: someone(n), reactionType: 'Like', createdAt: minutesAgo(n) },
      {
        entityId: posts[n % 40],
        entityType: 'Comment',
        userId: uuidv7(),
        reactionType: 'Sad',
        createdAt: minutesAgo(n),
      },
    ]),
  );
  await fill(
    'poll_votes',
    posts.map((id, n) => ({ postId: id, userId: someone(n), optionId: '1', createdAt: now })),
  );
  const views = posts.map((id, n) => {
    const viewerId = someone(n);
    return { _id: `${idOf(id)}:${viewerId}:2026-11-25`, postId: id, viewerId, day: now };
  });
  await fill('post_views', views as unknown as Document[]);
  await fill(
    'shares',
    posts.map((id, n) => ({
      originalPostId: id,
      sharedPostId: new ObjectId(),
      userId: someone(n),
      visibility: 'Public',
      createdAt: now,
    })),
  );
  await fill(
    'timelines',
    posts.map((id, n) => ({
      _id: `${someone(n)}:${idOf(id)}`,
      readerId: someone(n),
      postId: id,
      authorId: someone(n + 1),
      createdAt: minutesAgo(n),
    })) as unknown as Document[],
  );
  await fill(
    'hashtags',
    posts.map((_id, n) => ({
      tag: `tag_${n}`,
      count: n % 9,
      trendScore: n % 100,
      lastUsed: minutesAgo(n),
      createdAt: now,
      updatedAt: now,
    })),
  );
  await fill(
    'hashtag_usage',
    posts.map((_id, n) => ({ tag: `tag_${n % 500}`, userId: someone(n), hour: minutesAgo(n * 10) })),
  );
  await fill(
    'user_cards',
    posts.map((_id, n) => ({ _id: uuidv7(), username: `U_${n}`, usernameLower: `u_${n}` })) as unknown as Document[],
  );
  await fill(
    'large_authors',
    people.slice(0, 20).map((_id) => ({ _id, readers: 10_001, countedAt: now })) as unknown as Document[],
  );
  await fill(
    'relations',
    posts.map((_id, n) => ({
      _id: `Follow:${n}`,
      kind: 'Follow',
      fromUserId: someone(n),
      toUserId: someone(n * 7 + 1),
      isActive: true,
      version: 1,
    })) as unknown as Document[],
  );
});
afterAll(async () => {
  await client.close();
  await dropMongoDatabase(database);
});

/** A command as `explain` takes it: writes as the search for what they change. */
function explainable(command: Document): Document {
  if (command.aggregate) return { aggregate: command.aggregate, pipeline: command.pipeline, cursor: {} };
  const write = command.updates?.[0] ?? command.deletes?.[0];
  if (write) return { find: command.update ?? command.delete, filter: write.q };
  if (command.findAndModify) return { find: command.findAndModify, filter: command.query };
  const options = ['filter', 'sort', 'limit', 'projection', 'skip', 'hint'].filter((name) => name in command);
  return { find: command.find, ...Object.fromEntries(options.map((name) => [name, command[name]])) };
}

/** Which indexes each command of some work reads. */
async function plansOf(work: () => Promise<unknown>) {
  sent.length = 0;
  await work();
  const commands = sent.splice(0).filter(({ comment }) => !/^(outbox|inbox)/.test(String(comment)));
  expect(commands.length).toBeGreaterThan(0);
  return Promise.all(
    commands.map(async (command) => {
      expect(command.comment, 'every query is named').toMatch(/^\w+\.\w+$/);
      return indexUseOf(await db.command({ explain: explainable(command), verbosity: 'queryPlanner' }));
    }),
  );
}
const inTx = <T>(work: (tx: MongoTransaction) => Promise<T>) => createMongoTransactor(client).run(work);

const key: TimeKey = { at: minutesAgo(2_000), id: new ObjectId().toHexString() };
const PAGES: [string, PageRequest<TimeKey>][] = [
  ['the first page', { limit: 21, direction: 'forward' }],
  ['a later page', { limit: 21, direction: 'forward', cursor: key }],
  ['the last page', { limit: 21, direction: 'backward' }],
  ['an earlier page', { limit: 21, direction: 'backward', cursor: key }],
];

type Work = (page: PageRequest<TimeKey>) => Promise<unknown>;

describe.each<[string, Work, string]>([
  ['of a person for themselves', (page) => repositories.lists.ofAuthor(me, me, 'self', page), 'posts_of_author'],
  ['of a person for a friend', (page) => repositories.lists.ofAuthor(me, other, 'friend', page), 'posts_of_author'],
  [
    'of a person for anybody',
    (page) => repositories.lists.ofAuthor(me, undefined, 'anonymous', page),
    'posts_of_author',
  ],
  ['of oneself, for the feed', (page) => repositories.lists.entriesOf([me], page), 'posts_of_author'],
  ['in a home feed', (page) => repositories.timelines.page(me, page), 'timelines_of_reader'],
])('posts %s', (_what, work, index) => {
  it.each(PAGES)('%s is read in order', async (_page, request) => {
    expect(await plansOf(() => work(request))).toEqual([
      { indexes: [index], scansCollection: false, sortsInMemory: false },
    ]);
  });
});

describe.each<[string, Work, string]>([
  ['on a post', (page) => repositories.comments.page(idOf(posts[5]), null, page), 'comments_of_post'],
  ['below a comment', (page) => repositories.comments.page(idOf(posts[5]), commentId, page), 'comments_of_post'],
])('comments %s', (_what, work, index) => {
  it.each(PAGES)('%s is read in order', async (_page, request) => {
    expect(await plansOf(() => work(request))).toEqual([
      { indexes: [index], scansCollection: false, sortsInMemory: false },
    ]);
  });
});

describe('reactions', () => {
  const target = { type: 'Comment' as const, id: postId };
  it.each(PAGES)('%s is read in order, of all kinds or of one', async (_page, request) => {
    const { reactions } = repositories;
    expect(await plansOf(() => reactions.page(target, undefined, request))).toMatchObject([
      { scansCollection: false, sortsInMemory: false },
    ]);
    expect(await plansOf(() => reactions.page(target, 'Sad', request))).toEqual([
      { indexes: ['likes_of_kind'], scansCollection: false, sortsInMemory: false },
    ]);
  });
});

describe('what trends', () => {
  it.each(['forward', 'backward'] as const)('is read in order, %s, from a cursor or not', async (direction) => {
    const cursor = { score: 50, count: 4, id: new ObjectId().toHexString() };
    for (const request of [
      { limit: 21, direction },
      { limit: 21, direction, cursor },
    ]) {
      expect(await plansOf(() => repositories.hashtags.trending(request)), JSON.stringify(request)).toEqual([
        { indexes: ['hashtags_trending'], scansCollection: false, sortsInMemory: false },
      ]);
    }
  });
});

const forward: PageRequest<TimeKey> = { limit: 21, direction: 'forward', cursor: key };
const ids = (of: readonly ObjectId[]) => of.slice(10, 40).map(idOf);
const windows = { day: minutesAgo(1_440), week: minutesAgo(10_080), month: minutesAgo(43_200) };
const target = { type: 'Post' as const, id: postId };

describe('each query reads an index', () => {
  it.each<[string, () => Promise<unknown>, string[]]>([
    ['posts by ids', () => repositories.posts.byIds(ids(posts)), ['_id_']],
    ['a post of a request', () => repositories.posts.byRequest(someone(7), 'request 1'), ['posts_request']],
    ['posts for jobs', () => repositories.posts.idsAfter(postId, 100), ['_id_']],
    ['posts of large authors', () => repositories.lists.entriesOf(people.slice(0, 5), forward), ['posts_of_author']],
    ['posts with a hashtag', () => repositories.lists.tagged('tag_7', forward), ['posts_hashtags']],
    ['posts with words', () => repositories.lists.withWords(['quokka'], me, forward), ['posts_words']],
    [
      'counts of posts',
      () =>
        repositories.lists.counts(me, [
          { userId: me, standing: 'self' },
          { userId: other, standing: 'friend' },
        ]),
      ['posts_count'],
    ],
    ['comments by ids', () => repositories.comments.byIds(ids(comments)), ['_id_']],
    ['comments after a cursor', () => repositories.comments.after(postId, 3, 100), ['comments_in_order']],
    [
      'comments of requests',
      () =>
        repositories.comments.byRequests(postId, [
          { authorId: me, clientMutationId: 'request 5' },
          { authorId: other, clientMutationId: 'request 7' },
        ]),
      ['comments_request'],
    ],
    [
      'own reactions',
      () =>
        repositories.reactions.ofPerson(
          me,
          ids(posts).map((id) => ({ type: 'Post' as const, id })),
        ),
      ['likes_one_per_person'],
    ],
    [
      'reactions of some people',
      () => inTx((tx) => repositories.reactions.ofPeople(tx, target, people.slice(0, 20))),
      ['likes_one_per_person'],
    ],
    ['reactions of a person', () => repositories.reactions.ofAuthor(me, 100), ['likes_of_person']],
    ['own votes', () => repositories.votes.ofPerson(me, ids(posts)), ['poll_votes_once']],
    ['polls of a person', () => repositories.votes.pollsOf(me, 100), ['poll_votes_of_person']],
    ['counts of hashtags', () => repositories.hashtags.counts(['tag_1', 'tag_2']), ['hashtags_tag']],
    ['hashtags used lately', () => repositories.hashtags.usedSince(minutesAgo(3_000), forward), ['hashtags_recent']],
    [
      'people who used hashtags',
      () => repositories.hashtags.users(['tag_1', 'tag_2'], windows),
      ['hashtag_usage_once'],
    ],
    ['a feed to cut', () => repositories.timelines.cut(me), ['timelines_of_reader']],
    ['an author in a feed', () => repositories.timelines.removeAuthor(uuidv7(), other), ['timelines_of_author']],
    ['an author who may be large', () => repositories.largeAuthors.isMarked(me), ['_id_']],
    ['people by username', () => repositories.cards.byUsernames(['U_7', 'u_8']), ['user_cards_username']],
    ['followers', () => repositories.relations.followersOf(other, undefined, 100), ['relations_incoming']],
    ['posts to sweep', () => repositories.erasures.deletedBefore(minutesAgo(100), 50), ['posts_deleted']],
    ['comments to erase', () => repositories.erasures.commentsOf(postId, 50), ['comments_in_order']],
    ['comments for jobs', () => repositories.counters.commentIdsAfter(commentId, 100), ['_id_']],
    ['votes to count', () => repositories.counters.votes([postId]), ['poll_votes_once', 'poll_votes_once']],
    ['replies to count', () => repositories.counters.replies([commentId]), ['comments_replies']],
  ])('%s', async (_what, work, indexes) => {
    const plans = await plansOf(work);
    expect(plans.flatMap((plan) => plan.indexes)).toEqual(expect.arrayContaining(indexes));
    for (const plan of plans) expect(plan.scansCollection).toBe(false);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['posts to erase', () => repositories.erasures.postsOf(me, 50)],
    ['faded hashtags', () => repositories.hashtags.fadedSince(minutesAgo(3_900), 100)],
    ['reactions to count', () => repositories.reactions.counts([target])],
    ['comments to count', () => repositories.counters.comments(ids(posts))],
    ['reactions to erase', () => repositories.reactions.eraseOf([idOf(posts[3_990])], 100)],
    ['traces of a post', () => repositories.erasures.removeTraces(idOf(posts[3_991]), 100)],
    ['traces of a person', () => repositories.erasures.removePersonTraces(someone(59), 1)],
    ['names of a person', () => repositories.erasures.removeNames(someone(58), 1)],
    ['comments to anonymise', () => repositories.erasures.anonymiseComments(someone(57), 1)],
    ['a post in feeds', () => repositories.timelines.removePost(idOf(posts[3_992]), 100)],
    ['the feed of a person', () => repositories.timelines.eraseReader(someone(56), 1)],
    ['uses of hashtags', () => repositories.hashtags.eraseUser(someone(55), 1)],
  ])('%s', async (_what, work) => {
    for (const plan of await plansOf(work)) {
      expect(plan.scansCollection).toBe(false);
      expect(plan.indexes.length).toBeGreaterThan(0);
    }
  });
});
