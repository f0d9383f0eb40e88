import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/collection-definition.ts';
import { date, object, oneOfWords, positiveNumber, text, uuid } from '../mongo/schema-parts.ts';

/** Kinds of edges between two people. */
export const EDGE_KINDS = ['Friend', 'Follow', 'Block', 'Mute'] as const;

/** What an edge means, as stored. */
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** A document of `relationships`: one edge. A friendship is two, one each way, so that every list reads one index. */
export interface RelationshipDocument {
  _id: ObjectId;
  from: string;
  to: string;
  kind: EdgeKind;
  /** The pair's revision that made it. */
  version: number;
  createdAt: Date;
}

/**
 * A document of `relationship_pairs`: every change between two people raises its revision first, in the transaction of
 * the change. So changes of one pair happen one after the other, and the revision is the version of their edges: it goes
 * on growing when edges are removed and made again.
 */
export interface RelationshipPairDocument {
  /** Both users' ids, sorted, joined by a colon. */
  _id: string;
  revision: number;
  /** When something between the two changed last; absent in pairs from before there was a feed of them. */
  updatedAt?: Date;
}

const edge = {
  from: uuid,
  to: uuid,
  kind: oneOfWords(...EDGE_KINDS),
  version: positiveNumber,
  createdAt: date,
};

/** Friendships, follows, blocks. Shard key: `from`. */
export const relationships: CollectionDefinition = {
  name: 'relationships',
  validator: { $jsonSchema: object(edge, Object.keys(edge)), $expr: { $ne: ['$from', '$to'] } },
  indexes: [
    {
      name: 'relationships_edge',
      key: { from: 1, to: 1, kind: 1 },
      serves: 'what is between a viewer and a batch of people, both ways; one edge of a kind',
      options: { unique: true },
    },
    {
      name: 'relationships_outgoing',
      key: { from: 1, kind: 1, createdAt: -1, _id: -1 },
      serves: 'friends, followed and blocked people, newest first (specification, indexes 4 and 6)',
    },
    {
      name: 'relationships_incoming',
      key: { to: 1, kind: 1, createdAt: -1, _id: -1 },
      serves: 'followers, newest first (index 5); erasure',
    },
  ],
};

/** Revisions of pairs. Shard key: `_id`. */
export const relationshipPairs: CollectionDefinition = {
  name: 'relationship_pairs',
  validator: {
    $jsonSchema: object({ _id: text(73, 73), revision: positiveNumber, updatedAt: date }, ['_id', 'revision']),
  },
  indexes: [
    {
      name: 'relationship_pairs_updated',
      key: { updatedAt: 1, _id: 1 },
      serves: 'the feed from which other services repair their copies of edges, oldest change first',
    },
  ],
};
