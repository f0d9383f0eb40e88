import type { LikeDocument } from '@postbook/db/posts';
import {
  fromObjectId,
  type MongoTransaction,
  type PageRequest,
  type TimeKey,
  timePage,
  toObjectId,
} from '@postbook/service-kit';
import { type AnyBulkWriteOperation, type Db, type Filter, ObjectId } from 'mongodb';
import { type Reaction, type ReactionTarget, type ReactionType, targetKey } from './reaction.ts';
import type { WantedReaction } from './reaction-plan.ts';

const toReaction = (document: LikeDocument): Reaction => ({
  id: fromObjectId(document._id),
  target: { type: document.entityType, id: fromObjectId(document.entityId) },
  userId: document.userId,
  kind: document.reactionType,
  createdAt: document.createdAt,
});

const ofTarget = ({ type, id }: ReactionTarget) => ({ entityId: toObjectId(id), entityType: type });

/** Reactions in PostFeedServiceDB: collection `likes`. */
export function createReactionRepository(db: Db) {
  const likes = db.collection<LikeDocument>('likes');
  return {
    /** How these people reacted to something; those who didn't are absent. */
    async ofPeople(
      tx: MongoTransaction,
      target: ReactionTarget,
      userIds: readonly string[],
    ): Promise<Map<string, ReactionType>> {
      const options = { session: tx.session, comment: 'reactions.ofPeople' };
      const rows = await likes.find({ ...ofTarget(target), userId: { $in: [...userIds] } }, options).toArray();
      return new Map(rows.map(({ userId, reactionType }) => [userId, reactionType]));
    },

    /** How a person reacted to each of these, by {@link targetKey}. */
    async ofPerson(userId: string, targets: readonly ReactionTarget[]): Promise<Map<string, ReactionType>> {
      if (targets.length === 0) return new Map();
      const ids = targets.map(({ id }) => toObjectId(id));
      // By id alone: ids of posts and comments differ.
      const filter = { entityId: { $in: ids }, entityType: { $in: ['Post', 'Comment'] as const }, userId };
      const rows = await likes.find(filter as Filter<LikeDocument>, { comment: 'reactions.ofPerson' }).toArray();
      return new Map(rows.map(toReaction).map(({ target, kind }) => [targetKey(target), kind]));
    },

    /** Stores how people want to react, or that they don't any more. A changed reaction keeps its time. */
    async store(tx: MongoTransaction, target: ReactionTarget, outcomes: readonly WantedReaction[]): Promise<void> {
      const own = ofTarget(target);
      const writes = outcomes.map(({ actorId, at, to }): AnyBulkWriteOperation<LikeDocument> => {
        const filter = { ...own, userId: actorId };
        if (to === undefined) return { deleteOne: { filter } };
        const update = { $set: { reactionType: to }, $setOnInsert: { _id: new ObjectId(), createdAt: at } };
        return { updateOne: { filter, update, upsert: true } };
      });
      if (writes.length === 0) return;
      await likes.bulkWrite(writes, { session: tx.session, comment: 'reactions.store' });
    },

    /** Reactions to something, newest first. @param kind only of this kind. */
    async page(target: ReactionTarget, kind: ReactionType | undefined, request: PageRequest<TimeKey>) {
      const { filter, sort } = timePage('createdAt', request);
      const rows = await likes
        .find(
          { ...ofTarget(target), ...(kind === undefined ? {} : { reactionType: kind }), ...filter },
          { sort, limit: request.limit, comment: 'reactions.page' },
        )
        .toArray();
      return rows.map(toReaction);
    },

    /** Up to `limit` reactions of a person. */
    async ofAuthor(userId: string, limit: number): Promise<Reaction[]> {
      return (await likes.find({ userId }, { limit, comment: 'reactions.ofAuthor' }).toArray()).map(toReaction);
    },

    /** How many reacted in which way, by {@link targetKey}. */
    async counts(targets: readonly ReactionTarget[], tx?: MongoTransaction) {
      const counts = new Map<string, Partial<Record<ReactionType, number>>>();
      if (targets.length === 0) return counts;
      const rows = await likes
        .aggregate<{ _id: { type: Reaction['target']['type']; id: ObjectId; kind: ReactionType }; count: number }>(
          [
            { $match: { entityId: { $in: targets.map(({ id }) => toObjectId(id)) } } },
            { $group: { _id: { type: '$entityType', id: '$entityId', kind: '$reactionType' }, count: { $sum: 1 } } },
          ],
          { comment: 'reactions.counts', ...(tx ? { session: tx.session } : {}) },
        )
        .toArray();
      for (const { _id, count } of rows) {
        const key = targetKey({ type: _id.type, id: fromObjectId(_id.id) });
        counts.set(key, { ...counts.get(key), [_id.kind]: count });
      }
      return counts;
    },

    /** Removes up to `limit` reactions to things that are gone. @returns how many. */
    async eraseOf(targetIds: readonly string[], limit: number): Promise<number> {
      const rows = await likes
        .find(
          { entityId: { $in: targetIds.map((id) => toObjectId(id)) } },
          { projection: { _id: 1 }, limit, comment: 'reactions.eraseOf' },
        )
        .toArray();
      if (rows.length === 0) return 0;
      const ids = rows.map(({ _id }) => _id);
      return (await likes.deleteMany({ _id: { $in: ids } }, { comment: 'reactions.eraseOf' })).deletedCount;
    },
  };
}

/** What {@link createReactionRepository} returns. */
export type ReactionRepository = ReturnType<typeof createReactionRepository>;
