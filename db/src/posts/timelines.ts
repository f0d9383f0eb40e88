import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { count, date, object, objectId, text, uuid } from '../mongo/schema-parts.ts';

/** A post in somebody's home feed: ids only, all else is decided when it is read (decisions, Posts 4). */
export interface TimelineDocument {
  /** Reader and post, joined by a colon: a repeated delivery finds it there. */
  _id: string;
  readerId: string;
  postId: ObjectId;
  authorId: string;
  /** The post's. */
  createdAt: Date;
}

const entry = { _id: text(61, 61), readerId: uuid, postId: objectId, authorId: uuid, createdAt: date };

/** The collection `timelines`. Shard key: `readerId`. */
export const timelines: CollectionDefinition = {
  name: 'timelines',
  validator: { $jsonSchema: object(entry, Object.keys(entry)) },
  indexes: [
    {
      name: 'timelines_of_reader',
      key: { readerId: 1, createdAt: -1, postId: -1 },
      serves: 'the home feed, newest first; cutting it to its length',
    },
    {
      name: 'timelines_of_author',
      key: { readerId: 1, authorId: 1 },
      serves: 'taking an author out of a feed',
    },
    { name: 'timelines_of_post', key: { postId: 1 }, serves: 'taking a post out of all feeds' },
  ],
};

/** An author with so many readers that their posts are not written into each feed but looked up when one is read. */
export interface LargeAuthorDocument {
  /** The author's id. */
  _id: string;
  /** Readers when they were counted last, up to just above the limit. */
  readers: number;
  countedAt: Date;
}

/** The collection `large_authors`. Shard key: `_id`. */
export const largeAuthors: CollectionDefinition = {
  name: 'large_authors',
  validator: { $jsonSchema: object({ _id: uuid, readers: count, countedAt: date }, ['_id', 'readers', 'countedAt']) },
  indexes: [],
};
