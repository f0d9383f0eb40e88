import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { date, object, objectId, text, uuid } from '../mongo/schema-parts.ts';

/** Somebody's vote for one option of a poll. */
export interface PollVoteDocument {
  _id: ObjectId;
  postId: ObjectId;
  userId: string;
  optionId: string;
  createdAt: Date;
}

const vote = { postId: objectId, userId: uuid, optionId: text(24, 1), createdAt: date };

/** The collection `poll_votes` (decisions, Posts 3). Shard key: `postId`. */
export const pollVotes: CollectionDefinition = {
  name: 'poll_votes',
  validator: { $jsonSchema: object(vote, Object.keys(vote)) },
  indexes: [
    {
      name: 'poll_votes_once',
      key: { postId: 1, userId: 1, optionId: 1 },
      serves: 'the own votes in a page of polls; one vote per person and option',
      options: { unique: true },
    },
    {
      name: 'poll_votes_of_person',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: 'export and erasure',
    },
  ],
};

/** That somebody saw a post on a day. */
export interface PostViewDocument {
  /** Post, viewer and day, joined by colons: once a day counts (decisions, Posts 3). */
  _id: string;
  postId: ObjectId;
  viewerId: string;
  /** Midnight UTC. */
  day: Date;
}

const VIEW_DAYS = 2;

/** The collection `post_views`. Shard key: `_id`. */
export const postViews: CollectionDefinition = {
  name: 'post_views',
  validator: {
    $jsonSchema: object({ _id: text(80, 72), postId: objectId, viewerId: uuid, day: date }, [
      '_id',
      'postId',
      'viewerId',
      'day',
    ]),
  },
  indexes: [
    { name: 'post_views_of_post', key: { postId: 1 }, serves: 'erasure of a post' },
    { name: 'post_views_of_person', key: { viewerId: 1 }, serves: 'erasure of a person' },
    {
      name: 'post_views_expiry',
      key: { day: 1 },
      serves: 'forgetting views once their day is over: the count of the post has them',
      options: { expireAfterSeconds: VIEW_DAYS * 24 * 60 * 60 },
    },
  ],
};
