import type { PrivacySettingsDocument, RelationDocument } from '@postbook/db/chats';
import { relationshipId } from '@postbook/events';
import { applyIfNewer, type MongoTransaction } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { Relation } from './person.ts';

/** An edge as an event told it. */
export interface RelationChange {
  readonly kind: RelationDocument['kind'];
  readonly fromUserId: string;
  readonly toUserId: string;
  readonly isActive: boolean;
}

const edgesBetween = (a: string, b: string) => ({
  friend: relationshipId('Friend', a, b),
  blocks: [relationshipId('Block', a, b), relationshipId('Block', b, a)],
});

/** The local copy of friendships, blocks and who may write to whom. */
export function createRelationRepository(db: Db) {
  const relations = db.collection<RelationDocument>('relations');
  const privacy = db.collection<PrivacySettingsDocument>('privacy_settings');
  return {
    /** How the viewer stands to each of the others. Nobody's settings are known before they are changed: everyone. */
    async between(viewerId: string, others: readonly string[]): Promise<Map<string, Relation>> {
      const edges = new Map(others.map((other) => [other, edgesBetween(viewerId, other)]));
      const ids = [...edges.values()].flatMap(({ friend, blocks }) => [friend, ...blocks]);
      const [active, settings] = await Promise.all([
        relations
          .find({ _id: { $in: ids }, isActive: true }, { projection: { _id: 1 }, comment: 'relations.between' })
          .toArray(),
        privacy.find({ _id: { $in: [...others] } }, { comment: 'privacy.byIds' }).toArray(),
      ]);
      const known = new Set(active.map(({ _id }) => _id));
      const allowed = new Map(settings.map(({ _id, allowMessages }) => [_id, allowMessages]));
      return new Map(
        [...edges].map(([other, { friend, blocks }]) => [
          other,
          {
            isFriend: known.has(friend),
            isBlocked: blocks.some((id) => known.has(id)),
            allowMessages: allowed.get(other) ?? 'Everyone',
          },
        ]),
      );
    },

    /** For each pair, whether one of the two has blocked the other. */
    async areBlocked(pairs: readonly (readonly [string, string])[]): Promise<boolean[]> {
      const edges = pairs.map(([a, b]) => edgesBetween(a, b).blocks);
      const active = await relations
        .find(
          { _id: { $in: [...new Set(edges.flat())] }, isActive: true },
          { projection: { _id: 1 }, comment: 'relations.areBlocked' },
        )
        .toArray();
      const known = new Set(active.map(({ _id }) => _id));
      return edges.map((blocks) => blocks.some((id) => known.has(id)));
    },

    /** Applies an edge's event unless a newer one of the edge is known. */
    async apply(tx: MongoTransaction, version: number, change: RelationChange): Promise<boolean> {
      const { kind, fromUserId, toUserId, isActive } = change;
      const [from, to] = kind === 'Friend' ? [fromUserId, toUserId].sort() : [fromUserId, toUserId];
      return applyIfNewer(relations, {
        key: { _id: relationshipId(kind, fromUserId, toUserId) },
        versionField: 'version',
        version,
        set: { kind, fromUserId: from, toUserId: to, isActive },
        session: tx.session,
        comment: 'relations.apply',
      });
    },

    /** Applies a person's settings unless newer ones are known. */
    async applyPrivacy(
      tx: MongoTransaction,
      userId: string,
      version: number,
      allowMessages: Relation['allowMessages'],
    ): Promise<void> {
      await applyIfNewer(privacy, {
        key: { _id: userId },
        versionField: 'version',
        version,
        set: { allowMessages },
        session: tx.session,
        comment: 'privacy.apply',
      });
    },
  };
}

/** What {@link createRelationRepository} returns. */
export type RelationRepository = ReturnType<typeof createRelationRepository>;
