import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, type Document, Double, MongoClient, ObjectId } from 'mongodb';
import { migrateMongoDatabase, postsDatabase } from '../../src/posts/index.ts';
import { mongodbUrl } from '../mongo/mongodb-url.ts';

/** A database of posts of a test file's own. */
export interface PostsStore {
  readonly db: Db;
  drop(): Promise<void>;
}

/** Makes a database by its definition. */
export async function openPostsStore(): Promise<PostsStore> {
  const client = await new MongoClient(mongodbUrl()).connect();
  const db = client.db(`posts_${randomBytes(6).toString('hex')}`);
  await migrateMongoDatabase(db, postsDatabase);
  return {
    db,
    async drop() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

const counters = { reactionCounts: {}, likesCount: 0, reactionSequence: 0 };
const times = () => ({ createdAt: new Date(), updatedAt: new Date() });

/** Documents that fit, one for each collection with rules of its own. */
export const samples = {
  posts: () => ({
    userId: randomUUID(),
    postType: 'Text',
    content: 'Hello',
    visibility: 'Public',
    audience: [] as string[],
    hashtags: [] as string[],
    countedHashtags: [] as string[],
    mentions: [],
    ...counters,
    commentsCount: 0,
    sharesCount: 0,
    viewsCount: 0,
    commentSequence: 0,
    isPinned: false,
    isArchived: false,
    isDeleted: false,
    version: 1,
    ...times(),
  }),
  comments: () => ({
    postId: new ObjectId(),
    sequence: 1,
    userId: randomUUID(),
    content: 'Nice',
    mentions: [],
    parentCommentId: null as ObjectId | null,
    ...counters,
    repliesCount: 0,
    isEdited: false,
    isDeleted: false,
    version: 1,
    ...times(),
  }),
  likes: () => ({
    entityId: new ObjectId(),
    entityType: 'Post',
    userId: randomUUID(),
    reactionType: 'Like',
    createdAt: new Date(),
  }),
  shares: () => ({
    originalPostId: new ObjectId(),
    sharedPostId: new ObjectId(),
    userId: randomUUID(),
    visibility: 'Public',
    createdAt: new Date(),
  }),
  hashtags: () => ({
    tag: `tag${randomBytes(6).toString('hex')}`,
    count: 1,
    trendScore: 0.5,
    lastUsed: new Date(),
    ...times(),
  }),
  hashtag_usage: () => ({ tag: 'berlin', userId: randomUUID(), hour: new Date() }),
  poll_votes: () => ({ postId: new ObjectId(), userId: randomUUID(), optionId: '1', createdAt: new Date() }),
  post_views: () => {
    const [postId, viewerId] = [new ObjectId(), randomUUID()];
    return { _id: `${postId.toHexString()}:${viewerId}:2026-11-25`, postId, viewerId, day: new Date() };
  },
  timelines: () => {
    const [readerId, postId] = [randomUUID(), new ObjectId()];
    return {
      _id: `${readerId}:${postId.toHexString()}`,
      readerId,
      postId,
      authorId: randomUUID(),
      createdAt: new Date(),
    };
  },
  large_authors: () => ({ _id: randomUUID(), readers: 10_001, countedAt: new Date() }),
} as const;

const mention = () => ({ userId: randomUUID(), name: 'ada', isTold: true });

/** What each kind of post has besides what all have. */
export const ofKind: Readonly<Record<string, () => Document>> = {
  Text: () => ({ postType: 'Text' }),
  Photo: () => ({ postType: 'Photo', content: '', mediaIds: [new ObjectId()] }),
  Video: () => ({ postType: 'Video', content: '', mediaIds: [new ObjectId()] }),
  Link: () => ({
    postType: 'Link',
    content: '',
    linkPreview: {
      url: 'https://example.org/a',
      title: 'A',
      description: 'B',
      imageUrl: 'https://example.org/a.png',
      domain: 'example.org',
    },
  }),
  Poll: () => ({
    postType: 'Poll',
    content: '',
    poll: {
      question: 'Which?',
      options: [
        { id: '1', text: 'This', votes: 0 },
        { id: '2', text: 'That', votes: 2 },
      ],
      allowMultipleAnswers: false,
      votersCount: 2,
      expiresAt: new Date(),
    },
  }),
  Event: () => ({
    postType: 'Event',
    content: '',
    mediaIds: [new ObjectId()],
    event: {
      title: 'Concert',
      startsAt: new Date(),
      endsAt: new Date(),
      place: 'Park',
      attendance: { going: 1, interested: 2 },
    },
  }),
  Share: () => ({ postType: 'Share', content: '', originalPostId: new ObjectId(), shareCaption: 'Look' }),
};

/** The samples with a value in every field that has a rule. */
export const fullSamples: { readonly [Name in keyof typeof samples]: () => Document } = {
  ...samples,
  posts: () => ({
    ...samples.posts(),
    audience: [randomUUID()],
    location: {
      coordinates: { type: 'Point', coordinates: [new Double(16.37), new Double(48.21)] },
      name: 'Stephansplatz',
      address: '1010 Wien',
    },
    hashtags: ['berlin'],
    countedHashtags: ['berlin'],
    mentions: [mention()],
    reactionCounts: { Like: 1, Love: 1, Haha: 1, Wow: 1, Sad: 1, Angry: 1 },
    editedAt: new Date(),
    clientMutationId: randomUUID(),
    requestHash: 'h'.repeat(43),
  }),
  comments: () => ({
    ...samples.comments(),
    mentions: [mention()],
    reactionCounts: { Like: 1, Love: 1, Haha: 1, Wow: 1, Sad: 1, Angry: 1 },
    editedAt: new Date(),
    clientMutationId: randomUUID(),
    requestHash: 'h'.repeat(43),
  }),
  shares: () => ({ ...samples.shares(), caption: 'Look' }),
};
