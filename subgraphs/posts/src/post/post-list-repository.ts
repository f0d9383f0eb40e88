import type { PostDocument } from '@postbook/db/posts';
import { fromObjectId, type PageRequest, type TimeKey, timePage } from '@postbook/service-kit';
import type { Db, Filter, FindOptions } from 'mongodb';
import type { FeedEntry } from '../feed/timeline.ts';
import { toPost } from './post-document.ts';
import type { Standing } from './post-policy.ts';

type PostFilter = Filter<PostDocument>;

/** Left to itself DocumentDB also walks indexes on flags, which nearly all posts have alike, past those of others. */
const OF_AUTHOR = 'posts_of_author';

const named = (viewerId: string | undefined): PostFilter => ({ visibility: 'Custom', audience: viewerId ?? '' });

/** Which posts of one person a viewer may see, so that a page isn't filled with others. The policy has the last word. */
export function visibleTo(viewerId: string | undefined, standing: Standing): PostFilter {
  switch (standing) {
    case 'self':
      return {};
    case 'friend':
      return { $or: [{ visibility: { $in: ['Public', 'Friends'] } }, named(viewerId)] };
    case 'follower':
    case 'stranger':
      return { $or: [{ visibility: 'Public' }, named(viewerId)] };
    case 'anonymous':
    case 'blocked':
      return { visibility: 'Public' };
    default:
      return standing satisfies never;
  }
}

/** What may turn up for a viewer who looks over everybody's posts. */
const candidates = (viewerId: string | undefined): PostFilter =>
  viewerId === undefined
    ? { visibility: 'Public' }
    : { $or: [{ visibility: { $in: ['Public', 'Friends'] } }, { userId: viewerId }, { audience: viewerId }] };

/** Lists of posts in PostFeedServiceDB, newest first. */
export function createPostListRepository(db: Db) {
  const posts = db.collection<PostDocument>('posts');

  async function page(filters: readonly PostFilter[], request: PageRequest<TimeKey>, options: FindOptions) {
    const { filter, sort } = timePage('createdAt', request);
    const rows = await posts
      .find(
        { $and: [...filters, { isDeleted: false }, filter as PostFilter] },
        { sort, limit: request.limit, ...options },
      )
      .toArray();
    return rows.map(toPost);
  }

  return {
    /** Posts of one person, those that the viewer may see. */
    ofAuthor: (authorId: string, viewerId: string | undefined, standing: Standing, request: PageRequest<TimeKey>) =>
      page([{ userId: authorId }, visibleTo(viewerId, standing)], request, {
        comment: 'posts.ofAuthor',
        hint: OF_AUTHOR,
      }),

    /** Public posts with a hashtag. */
    tagged: (tag: string, request: PageRequest<TimeKey>) =>
      page([{ hashtags: tag, visibility: 'Public' }], request, {
        comment: 'posts.tagged',
        hint: 'posts_hashtags',
      }),

    /** Posts with all of these words, of those that may turn up for the viewer. */
    withWords: (words: readonly string[], viewerId: string | undefined, request: PageRequest<TimeKey>) =>
      page(
        // Quoted, so that no character of a word is an operator of the search.
        [{ $text: { $search: words.map((word) => `"${word}"`).join(' ') } }, candidates(viewerId)],
        request,
        { comment: 'posts.withWords' },
      ),

    /** Ids of posts of these people together, newest first: for feeds, which look them up and decide. */
    async entriesOf(authorIds: readonly string[], request: PageRequest<TimeKey>): Promise<FeedEntry[]> {
      const { filter, sort } = timePage('createdAt', request);
      const rows = await posts
        .find(
          { $and: [{ userId: { $in: [...authorIds] }, isDeleted: false }, filter as PostFilter] },
          {
            projection: { userId: 1, createdAt: 1 },
            sort,
            limit: request.limit,
            comment: 'posts.entriesOf',
            hint: OF_AUTHOR,
          },
        )
        .toArray();
      return rows.map(({ _id, userId, createdAt }) => ({ postId: fromObjectId(_id), authorId: userId, createdAt }));
    },

    /** How many posts of each person the viewer may see. */
    async counts(
      viewerId: string | undefined,
      people: readonly { readonly userId: string; readonly standing: Standing }[],
    ): Promise<Map<string, number>> {
      if (people.length === 0) return new Map();
      const each = people.map(({ userId, standing }) => ({
        userId,
        isDeleted: false,
        ...visibleTo(viewerId, standing),
      }));
      const rows = await posts
        .aggregate<{ _id: string; count: number }>(
          [{ $match: { $or: each } }, { $group: { _id: '$userId', count: { $sum: 1 } } }],
          { comment: 'posts.counts' },
        )
        .toArray();
      return new Map(rows.map(({ _id, count }) => [_id, count]));
    },
  };
}

/** What {@link createPostListRepository} returns. */
export type PostListRepository = ReturnType<typeof createPostListRepository>;
