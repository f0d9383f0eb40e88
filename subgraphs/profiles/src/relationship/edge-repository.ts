import type { EdgeKind, RelationshipDocument } from '@postbook/db/profiles';
import { type MongoTransaction, type PageRequest, type TimeKey, timePage } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { RelationFacts } from './relation-facts.ts';

/** The other end of an edge in a list, and where it stands. */
export interface EdgeRow extends TimeKey {
  readonly userId: string;
}

/** Which list of a person: edges from them, or to them. */
export interface EdgeList {
  readonly userId: string;
  readonly kind: EdgeKind;
  readonly end: 'from' | 'to';
}

/** An edge. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

/** Friendships, follows and blocks as edges. */
export interface EdgeRepository {
  /** What is between the viewer and each of the people; those without any edge are left out. */
  factsBetween(
    viewerId: string,
    userIds: readonly string[],
    tx?: MongoTransaction,
  ): Promise<Map<string, RelationFacts>>;
  /** A page of a list, newest first. */
  list(list: EdgeList, request: PageRequest<TimeKey>): Promise<EdgeRow[]>;
  /** @returns false when the edge was there. */
  add(tx: MongoTransaction, edge: Edge, version: number, createdAt: Date): Promise<boolean>;
  /** @returns false when there was none. */
  remove(tx: MongoTransaction, edge: Edge): Promise<boolean>;
  /** Up to `limit` people who have any edge with the person, each once. For erasure. */
  neighbours(userId: string, limit: number): Promise<string[]>;
}

const factsOf = (viewerId: string, userId: string, edges: readonly Edge[]): RelationFacts => {
  const has = (from: string, to: string, kind: EdgeKind) =>
    edges.some((edge) => edge.from === from && edge.to === to && edge.kind === kind);
  return {
    isFriend: has(viewerId, userId, 'Friend'),
    isFollowing: has(viewerId, userId, 'Follow'),
    isFollowedBy: has(userId, viewerId, 'Follow'),
    isBlocked: has(viewerId, userId, 'Block'),
    isBlockedBy: has(userId, viewerId, 'Block'),
  };
};

/** Edges in `relationships`. */
export function createEdgeRepository(db: Db): EdgeRepository {
  const edges = db.collection<RelationshipDocument>('relationships');

  return {
    async factsBetween(viewerId, userIds, tx) {
      if (userIds.length === 0) return new Map();
      const settings = { projection: { _id: 0, from: 1, to: 1, kind: 1 }, comment: 'edges.factsBetween' };
      const session = tx ? { session: tx.session } : {};
      // Two queries and not one with $or: each is a walk along the unique index, on both engines.
      const outgoing = await edges
        .find({ from: viewerId, to: { $in: [...userIds] } }, { ...settings, ...session })
        .toArray();
      const incoming = await edges
        .find({ from: { $in: [...userIds] }, to: viewerId }, { ...settings, ...session })
        .toArray();
      const byUser = Map.groupBy([...outgoing, ...incoming], ({ from, to }) => (from === viewerId ? to : from));
      return new Map([...byUser].map(([userId, found]) => [userId, factsOf(viewerId, userId, found)]));
    },

    async list({ userId, kind, end }, request) {
      const page = timePage('createdAt', request);
      const rows = await edges
        .find({ [end]: userId, kind, ...page.filter }, { sort: page.sort, limit: request.limit, comment: 'edges.list' })
        .toArray();
      return rows.map(({ _id, from, to, createdAt }) => ({
        id: _id.toHexString(),
        at: createdAt,
        userId: end === 'from' ? to : from,
      }));
    },

    async add(tx, edge, version, createdAt) {
      // An upsert and not an insert: a duplicate key would end the transaction.
      const result = await edges.updateOne(
        { from: edge.from, to: edge.to, kind: edge.kind },
        { $setOnInsert: { version, createdAt } },
        { upsert: true, session: tx.session, comment: 'edges.add' },
      );
      return result.upsertedCount > 0;
    },

    async remove(tx, edge) {
      const { from, to, kind } = edge;
      const result = await edges.deleteOne({ from, to, kind }, { session: tx.session, comment: 'edges.remove' });
      return result.deletedCount > 0;
    },

    async neighbours(userId, limit) {
      const settings = { projection: { _id: 0, from: 1, to: 1 }, limit, comment: 'edges.neighbours' };
      const outgoing = await edges.find({ from: userId }, settings).toArray();
      const incoming = await edges.find({ to: userId }, settings).toArray();
      return [...new Set([...outgoing.map(({ to }) => to), ...incoming.map(({ from }) => from)])].slice(0, limit);
    },
  };
}
