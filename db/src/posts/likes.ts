import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { date, object, objectId, oneOfWords, uuid } from '../mongo/schema-parts.ts';
import { entityTypeField } from './post-parts.ts';
import { REACTION_TYPES, type ReactionType } from './reaction-parts.ts';

/** What can be reacted to. */
export type ReactionEntityType = 'Post' | 'Comment';

/** Somebody's reaction to a post or a comment (specification, 1357-1395): another kind replaces it. */
export interface LikeDocument {
  _id: ObjectId;
  entityId: ObjectId;
  entityType: ReactionEntityType;
  userId: string;
  reactionType: ReactionType;
  /** When they reacted first. */
  createdAt: Date;
}

const like = {
  entityId: objectId,
  entityType: entityTypeField,
  userId: uuid,
  reactionType: oneOfWords(...REACTION_TYPES),
  createdAt: date,
};

/** The collection `likes`. Shard key: `entityId`. */
export const likes: CollectionDefinition = {
  name: 'likes',
  validator: { $jsonSchema: object(like, Object.keys(like)) },
  indexes: [
    {
      name: 'likes_of_entity',
      key: { entityId: 1, entityType: 1, createdAt: -1, _id: -1 },
      serves: 'who reacted to something, newest first (specification, index 1)',
    },
    {
      name: 'likes_of_person',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: "a person's reactions: export and erasure (index 2)",
    },
    {
      name: 'likes_one_per_person',
      key: { entityId: 1, entityType: 1, userId: 1 },
      serves: 'the own reactions to a page of posts; one reaction per person and thing (index 3)',
      options: { unique: true },
    },
    {
      name: 'likes_of_kind',
      key: { entityId: 1, entityType: 1, reactionType: 1, createdAt: -1, _id: -1 },
      serves: 'who reacted in one way, newest first; counting anew (index 4, for one thing at a time)',
    },
  ],
};
