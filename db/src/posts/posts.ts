import type { Document, ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import {
  clientId,
  count,
  date,
  list,
  object,
  objectId,
  oneOfWords,
  ordinal,
  point,
  requestHash,
  switchField,
  text,
  uuid,
} from '../mongo/schema-parts.ts';
import {
  event,
  linkPreview,
  mentions,
  type PostEvent,
  type PostLinkPreview,
  type PostPoll,
  poll,
} from './post-parts.ts';
import { type ReactionCounts, reactionCounts } from './reaction-parts.ts';

/** What a post is (specification, 1211; decisions, Posts 1). */
export const POST_TYPES = ['Text', 'Photo', 'Video', 'Link', 'Poll', 'Event', 'Share'] as const;
export type PostType = (typeof POST_TYPES)[number];

/** Who may see a post. */
export const VISIBILITIES = ['Public', 'Friends', 'Private', 'Custom'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** Somebody named in a text, and the name as it stands there: who is renamed later stays linked. */
export interface MentionPart {
  userId: string;
  /** Without the at sign. */
  name: string;
  /** Whether the event that tells them of it was written: it is, once, as soon as they may see the text. */
  isTold: boolean;
}

/** A place as GeoJSON, longitude first (decisions, Everywhere 13). */
export interface PostLocation {
  coordinates: { type: 'Point'; coordinates: [number, number] };
  name?: string;
  address?: string;
}

/**
 * A post (specification, 1186-1294). People are ids only: names and pictures come from `user_cards`. Counters change in
 * the transaction of what they count.
 */
export interface PostDocument {
  _id: ObjectId;
  /** The author. */
  userId: string;
  postType: PostType;
  /** At most 5,000 characters; empty where the kind needs no text. */
  content: string;
  /** Files of a `Photo`, `Video` or `Event`, in order: ids of media. */
  mediaIds?: ObjectId[];
  visibility: Visibility;
  /** Of `Custom`: who may see it besides the author. Empty otherwise. */
  audience: string[];
  location?: PostLocation;
  /** Folded as `hashtags.tag` is. */
  hashtags: string[];
  /** The tags under which it is counted in `hashtags`: those of a public post that is there. */
  countedHashtags: string[];
  mentions: MentionPart[];
  linkPreview?: PostLinkPreview;
  poll?: PostPoll;
  event?: PostEvent;
  reactionCounts: ReactionCounts;
  /** Reactions of all kinds. */
  likesCount: number;
  /** Comments and replies that are not deleted. */
  commentsCount: number;
  sharesCount: number;
  viewsCount: number;
  /** Sequence of the newest comment. */
  commentSequence: number;
  /** How often a reaction changed: the version of events about them. */
  reactionSequence: number;
  isPinned: boolean;
  isArchived: boolean;
  isDeleted: boolean;
  deletedAt?: Date;
  /** Of a `Share`. */
  originalPostId?: ObjectId;
  shareCaption?: string;
  /** Grows with every change that an event tells. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** When its text changed last. */
  editedAt?: Date;
  /** The author's id of the request that made it. */
  clientMutationId?: string;
  /** Fingerprint of that request. */
  requestHash?: string;
}

const post = {
  userId: uuid,
  postType: oneOfWords(...POST_TYPES),
  content: text(5_000),
  mediaIds: list(objectId, 10),
  visibility: oneOfWords(...VISIBILITIES),
  audience: list(uuid, 256),
  location: object({ coordinates: point, name: text(200), address: text(500) }, ['coordinates']),
  hashtags: list(text(50, 1), 30),
  countedHashtags: list(text(50, 1), 30),
  mentions,
  linkPreview,
  poll,
  event,
  reactionCounts,
  likesCount: count,
  commentsCount: count,
  sharesCount: count,
  viewsCount: count,
  commentSequence: count,
  reactionSequence: count,
  isPinned: switchField,
  isArchived: switchField,
  isDeleted: switchField,
  deletedAt: date,
  originalPostId: objectId,
  shareCaption: text(500),
  version: ordinal,
  createdAt: date,
  updatedAt: date,
  editedAt: date,
  clientMutationId: clientId,
  requestHash,
};

const OPTIONAL = [
  'mediaIds',
  'location',
  'linkPreview',
  'poll',
  'event',
  'deletedAt',
  'originalPostId',
  'shareCaption',
  'editedAt',
  'clientMutationId',
  'requestHash',
];
const REQUIRED = Object.keys(post).filter((field) => !OPTIONAL.includes(field));

/** What only some kinds have. */
const OF_KINDS = ['mediaIds', 'linkPreview', 'poll', 'event', 'originalPostId', 'shareCaption'];

/** A post of these kinds that is there: what it must have, what it may have, and nothing that other kinds have. */
function live(types: readonly PostType[], required: readonly string[], may: Document = {}): Document {
  const foreign = OF_KINDS.filter((field) => !required.includes(field) && !(field in may));
  return {
    ...(required.length > 0 ? { required: [...required] } : {}),
    properties: {
      // Absent, that is: the rule of the field itself refuses null. The portable subset has no `not`.
      ...Object.fromEntries(foreign.map((field) => [field, { enum: [null] }])),
      ...may,
      postType: { enum: [...types] },
      isDeleted: { enum: [false] },
    },
  };
}

/** The collection `posts`. Shard key: `userId`; feeds know the author of each post they look up. */
export const posts: CollectionDefinition = {
  name: 'posts',
  validator: {
    $jsonSchema: {
      ...object(post, REQUIRED),
      oneOf: [
        { required: ['deletedAt'], properties: { isDeleted: { enum: [true] } } },
        live(['Text'], ['content'], { content: { minLength: 1 } }),
        live(['Photo', 'Video'], ['mediaIds'], { mediaIds: { minItems: 1 } }),
        live(['Link'], ['linkPreview']),
        live(['Poll'], ['poll']),
        live(['Event'], ['event'], { mediaIds: { minItems: 1 } }),
        live(['Share'], ['originalPostId'], { shareCaption: {} }),
      ],
    },
  },
  indexes: [
    {
      name: 'posts_of_author',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: "a person's posts and those of a feed's large authors, newest first; erasure (specification, index 1)",
    },
    {
      name: 'posts_count',
      key: { userId: 1, isDeleted: 1, visibility: 1 },
      serves: 'how many posts of people a viewer may see',
    },
    {
      name: 'posts_visibility',
      key: { visibility: 1, createdAt: -1, _id: -1 },
      serves: 'jobs over public posts (index 2)',
    },
    {
      name: 'posts_hashtags',
      key: { hashtags: 1, createdAt: -1, _id: -1 },
      serves: "a hashtag's posts, newest first (index 3)",
    },
    {
      name: 'posts_mentions',
      key: { 'mentions.userId': 1, createdAt: -1, _id: -1 },
      serves: 'erasure of somebody mentioned (index 4)',
    },
    {
      name: 'posts_words',
      key: { content: 'text' },
      serves: 'search by words, always with who may see them (index 5)',
      options: { default_language: 'none', language_override: '__lang' },
    },
    {
      name: 'posts_place',
      key: { 'location.coordinates': '2dsphere' },
      serves: 'posts near a place (index 6)',
    },
    {
      name: 'posts_popular',
      key: { likesCount: -1, commentsCount: -1, sharesCount: -1, createdAt: -1 },
      serves: 'the most popular posts (index 7)',
    },
    {
      name: 'posts_active',
      key: { isDeleted: 1, visibility: 1, createdAt: -1, _id: -1 },
      serves: 'the newest public posts (index 8)',
    },
    {
      name: 'posts_audience',
      key: { audience: 1, createdAt: -1, _id: -1 },
      serves: 'erasure of somebody named in an audience',
    },
    {
      name: 'posts_deleted',
      key: { deletedAt: 1 },
      serves: 'the sweep of posts that were deleted long ago',
      options: { partialFilterExpression: { deletedAt: { $exists: true } } },
    },
    {
      name: 'posts_request',
      key: { userId: 1, clientMutationId: 1 },
      serves: 'one post for each request of an author, however often it is sent',
      options: { unique: true, partialFilterExpression: { clientMutationId: { $exists: true } } },
    },
  ],
};
