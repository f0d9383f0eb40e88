import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { count, date, object, text, uuid } from '../mongo/schema-parts.ts';

/** A hashtag (specification, 1438-1476). */
export interface HashtagDocument {
  _id: ObjectId;
  /** Letters, digits and underscore of all scripts, after NFKC and case folding (decisions, Posts 7). */
  tag: string;
  /** Public posts that have it. */
  count: number;
  /** People who used it in public: 0.5 × of the last 24 hours + 0.3 × of 7 days + 0.2 × of 30 days. */
  trendScore: number;
  lastUsed: Date;
  createdAt: Date;
  updatedAt: Date;
}

/** What case folding and the alphabet leave is checked by the service: the store knows no scripts. */
const tag = { ...text(50, 1), pattern: '^[^\\s#A-Z]+\\z' };

/** The collection `hashtags`. Shard key: `tag`. */
export const hashtags: CollectionDefinition = {
  name: 'hashtags',
  validator: {
    $jsonSchema: object(
      {
        tag,
        count,
        trendScore: { bsonType: ['int', 'long', 'double'], minimum: 0 },
        lastUsed: date,
        createdAt: date,
        updatedAt: date,
      },
      ['tag', 'count', 'trendScore', 'lastUsed', 'createdAt', 'updatedAt'],
    ),
  },
  indexes: [
    {
      name: 'hashtags_tag',
      key: { tag: 1 },
      serves: 'a hashtag by its text; each once (specification, index 1)',
      options: { unique: true },
    },
    {
      name: 'hashtags_trending',
      key: { trendScore: -1, count: -1, _id: -1 },
      serves: 'what trends, first the most (index 2)',
    },
    {
      name: 'hashtags_recent',
      key: { lastUsed: -1, _id: -1 },
      serves: 'the job that computes scores anew (index 3)',
    },
  ],
};

/** That somebody used a hashtag in public within an hour: once, however often they did. */
export interface HashtagUsageDocument {
  _id: ObjectId;
  tag: string;
  userId: string;
  /** The hour's beginning. */
  hour: Date;
}

const USAGE_DAYS = 31;

/** The collection `hashtag_usage`. Shard key: `tag`. */
export const hashtagUsage: CollectionDefinition = {
  name: 'hashtag_usage',
  validator: { $jsonSchema: object({ tag, userId: uuid, hour: date }, ['tag', 'userId', 'hour']) },
  indexes: [
    {
      name: 'hashtag_usage_once',
      key: { tag: 1, hour: 1, userId: 1 },
      serves: 'scores of hashtags; a person once an hour, so that nobody makes a trend alone',
      options: { unique: true },
    },
    { name: 'hashtag_usage_of_person', key: { userId: 1 }, serves: 'erasure' },
    {
      name: 'hashtag_usage_expiry',
      key: { hour: 1 },
      serves: 'forgetting what no score counts any more, after 31 days',
      options: { expireAfterSeconds: USAGE_DAYS * 24 * 60 * 60 },
    },
  ],
};
