import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import {
  clientId,
  count,
  date,
  object,
  objectId,
  ordinal,
  requestHash,
  switchField,
  text,
  uuid,
} from '../mongo/schema-parts.ts';
import { mentions } from './post-parts.ts';
import type { MentionPart } from './posts.ts';
import { type ReactionCounts, reactionCounts } from './reaction-parts.ts';

/**
 * A comment on a post, or a reply to one (specification, 1298-1353). A deleted one has no text any more; it is shown as
 * a tombstone while it has replies.
 */
export interface CommentDocument {
  _id: ObjectId;
  postId: ObjectId;
  /** 1, 2, 3 … in the post, replies included, without gaps: the cursor of subscriptions. */
  sequence: number;
  userId: string;
  /** At most 2,000 characters. */
  content: string;
  mentions: MentionPart[];
  /** The comment it replies to, which is no reply itself (decisions, Posts 6); null for one on the post. */
  parentCommentId: ObjectId | null;
  reactionCounts: ReactionCounts;
  /** Reactions of all kinds. */
  likesCount: number;
  /** Replies that are not deleted. */
  repliesCount: number;
  /** How often a reaction changed: the version of events about them. */
  reactionSequence: number;
  isEdited: boolean;
  editedAt?: Date;
  isDeleted: boolean;
  deletedAt?: Date;
  /** Its author, or the post's. */
  deletedById?: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  clientMutationId?: string;
  requestHash?: string;
}

const comment = {
  postId: objectId,
  sequence: ordinal,
  userId: uuid,
  content: text(2_000),
  mentions,
  parentCommentId: { bsonType: ['objectId', 'null'] },
  reactionCounts,
  likesCount: count,
  repliesCount: count,
  reactionSequence: count,
  isEdited: switchField,
  editedAt: date,
  isDeleted: switchField,
  deletedAt: date,
  deletedById: uuid,
  version: ordinal,
  createdAt: date,
  updatedAt: date,
  clientMutationId: clientId,
  requestHash,
};

const OPTIONAL = ['editedAt', 'deletedAt', 'deletedById', 'clientMutationId', 'requestHash'];

/** The collection `comments`. Shard key: `postId`. */
export const comments: CollectionDefinition = {
  name: 'comments',
  validator: {
    $jsonSchema: {
      ...object(
        comment,
        Object.keys(comment).filter((field) => !OPTIONAL.includes(field)),
      ),
      oneOf: [
        {
          required: ['deletedAt', 'deletedById'],
          properties: { isDeleted: { enum: [true] }, content: { maxLength: 0 } },
        },
        { properties: { isDeleted: { enum: [false] }, content: { minLength: 1 } } },
      ],
    },
  },
  indexes: [
    {
      name: 'comments_in_order',
      key: { postId: 1, sequence: 1 },
      serves: 'catch-up of subscriptions after a cursor; no sequence twice',
      options: { unique: true },
    },
    {
      name: 'comments_of_post',
      key: { postId: 1, parentCommentId: 1, createdAt: -1, _id: -1 },
      serves: "a post's comments and the replies to one of them, newest first (specification, indexes 1 and 3)",
    },
    {
      name: 'comments_of_author',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: "a person's comments: export and erasure (index 2)",
    },
    {
      name: 'comments_replies',
      key: { parentCommentId: 1, createdAt: -1, _id: -1 },
      serves: 'counting the replies of comments (index 3)',
    },
    {
      name: 'comments_mentions',
      key: { 'mentions.userId': 1, createdAt: -1, _id: -1 },
      serves: 'erasure of somebody mentioned (index 4)',
    },
    {
      name: 'comments_active',
      key: { postId: 1, isDeleted: 1, createdAt: -1, _id: -1 },
      serves: 'counting the comments of posts (index 5)',
    },
    {
      name: 'comments_request',
      key: { postId: 1, userId: 1, clientMutationId: 1 },
      serves: 'one comment for each request of an author, however often it is sent',
      options: { unique: true, partialFilterExpression: { clientMutationId: { $exists: true } } },
    },
  ],
};
