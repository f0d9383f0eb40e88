import type { PrivacySettingsDocument, RelationDocument } from '@postbook/db/people';
import { relationshipId } from '@postbook/events';
import { applyAllIfNewer, type MongoTransaction, type VersionedChange } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import { DEFAULT_SETTINGS, type EnforcedSettings, type Relation, type RelationKind } from './person.ts';

/** An edge as an event or its owner told it. */
export interface RelationChange {
  readonly kind: RelationKind;
  readonly fromUserId: string;
  readonly toUserId: string;
  readonly isActive: boolean;
}

/** A change of an edge with the version that its owner gave it. */
export interface RelationWrite {
  readonly version: number;
  readonly change: RelationChange;
}

/** A person's settings with the version that their owner gave them. */
export interface SettingsWrite {
  readonly userId: string;
  readonly version: number;
  readonly settings: EnforcedSettings;
}

/** Settings as they are stored, or as they hold by default with version 0. */
export interface StoredSettings {
  readonly settings: EnforcedSettings;
  readonly version: number;
}

/** An edge as it is stored. */
export interface StoredEdge {
  readonly isActive: boolean;
  readonly version: number;
}

function versioned({ version, change }: RelationWrite): VersionedChange {
  const { kind, fromUserId, toUserId, isActive } = change;
  const [from, to] = kind === 'Friend' ? [fromUserId, toUserId].sort() : [fromUserId, toUserId];
  const id = relationshipId(kind, fromUserId, toUserId);
  return { id, versionField: 'version', version, set: { kind, fromUserId: from, toUserId: to, isActive } };
}

const edgesBetween = (a: string, b: string) => ({
  friend: relationshipId('Friend', a, b),
  follow: relationshipId('Follow', a, b),
  blocks: [relationshipId('Block', a, b), relationshipId('Block', b, a)],
});

const toSettings = (stored: PrivacySettingsDocument | undefined): EnforcedSettings => ({
  profileVisibility: stored?.profileVisibility ?? DEFAULT_SETTINGS.profileVisibility,
  allowMessages: stored?.allowMessages ?? DEFAULT_SETTINGS.allowMessages,
  allowTagging: stored?.allowTagging ?? DEFAULT_SETTINGS.allowTagging,
  allowMentions: stored?.allowMentions ?? DEFAULT_SETTINGS.allowMentions,
  showOnlineStatus: stored?.showOnlineStatus ?? DEFAULT_SETTINGS.showOnlineStatus,
  showLastSeen: stored?.showLastSeen ?? DEFAULT_SETTINGS.showLastSeen,
});

/** The local copy of friendships, follows, blocks and what people allow. */
export function createRelationRepository(db: Db) {
  const relations = db.collection<RelationDocument>('relations');
  const privacy = db.collection<PrivacySettingsDocument>('privacy_settings');

  async function activeOf(ids: readonly string[], comment: string): Promise<Set<string>> {
    const rows = await relations
      .find({ _id: { $in: [...new Set(ids)] }, isActive: true }, { projection: { _id: 1 }, comment })
      .toArray();
    return new Set(rows.map(({ _id }) => _id));
  }

  /** Up to `limit` ends of a person's active edges, by id, past one of them. */
  async function ends(
    end: 'fromUserId' | 'toUserId',
    other: 'fromUserId' | 'toUserId',
    options: { userId: string; kind: RelationKind; after: string | undefined; limit: number },
  ): Promise<string[]> {
    const { userId, kind, after, limit } = options;
    const rows = await relations
      .find(
        { [end]: userId, kind, isActive: true, [other]: { $gt: after ?? '' } },
        { projection: { _id: 0, [other]: 1 }, sort: { [other]: 1 }, limit, comment: `relations.${end}` },
      )
      .toArray();
    return rows.map((row) => row[other]);
  }

  return {
    /** How the viewer stands to each of the others. */
    async between(viewerId: string, others: readonly string[]): Promise<Map<string, Relation>> {
      const edges = new Map(others.map((other) => [other, edgesBetween(viewerId, other)]));
      const ids = [...edges.values()].flatMap(({ friend, follow, blocks }) => [friend, follow, ...blocks]);
      const [known, settings] = await Promise.all([
        activeOf(ids, 'relations.between'),
        privacy.find({ _id: { $in: [...edges.keys()] } }, { comment: 'privacy.byIds' }).toArray(),
      ]);
      const byUser = new Map(settings.map((stored) => [stored._id, stored]));
      return new Map(
        [...edges].map(([other, { friend, follow, blocks }]) => [
          other,
          {
            isFriend: known.has(friend),
            isFollowing: known.has(follow),
            isBlocked: blocks.some((id) => known.has(id)),
            settings: toSettings(byUser.get(other)),
          },
        ]),
      );
    },

    /** For each pair, whether one of the two has blocked the other. */
    async areBlocked(pairs: readonly (readonly [string, string])[]): Promise<boolean[]> {
      const edges = pairs.map(([a, b]) => edgesBetween(a, b).blocks);
      const known = await activeOf(edges.flat(), 'relations.areBlocked');
      return edges.map((blocks) => blocks.some((id) => known.has(id)));
    },

    /** Up to `limit` followers of a person, by id, past `after`. Needs `relationListIndexes`. */
    followersOf: (userId: string, after: string | undefined, limit: number): Promise<string[]> =>
      ends('toUserId', 'fromUserId', { userId, kind: 'Follow', after, limit }),

    /** Up to `limit` people whom a person follows, by id, past `after`. Needs `relationListIndexes`. */
    followedBy: (userId: string, after: string | undefined, limit: number): Promise<string[]> =>
      ends('fromUserId', 'toUserId', { userId, kind: 'Follow', after, limit }),

    /** Edges by `relationshipId`, removed ones too. For comparing with their owner. */
    async edgesById(ids: readonly string[]): Promise<Map<string, StoredEdge>> {
      const rows = await relations.find({ _id: { $in: [...ids] } }, { comment: 'relations.edgesById' }).toArray();
      return new Map(rows.map(({ _id, isActive, version }) => [_id, { isActive, version }]));
    },

    /** Settings by person, with version 0 for those who were never told of. For comparing with their owner. */
    async settingsOf(userIds: readonly string[]): Promise<Map<string, StoredSettings>> {
      const rows = await privacy.find({ _id: { $in: [...userIds] } }, { comment: 'privacy.settingsOf' }).toArray();
      const byUser = new Map(rows.map((stored) => [stored._id, stored]));
      return new Map(
        userIds.map((id) => [id, { settings: toSettings(byUser.get(id)), version: byUser.get(id)?.version ?? 0 }]),
      );
    },

    /** Applies edges where no newer event of the edge is known. @returns how many were written. */
    apply: (tx: MongoTransaction, changes: readonly RelationWrite[]): Promise<number> =>
      applyAllIfNewer(relations, { changes: changes.map(versioned), session: tx.session, comment: 'relations.apply' }),

    /** Applies settings where no newer ones of the person are known. @returns how many were written. */
    applySettings: (tx: MongoTransaction, changes: readonly SettingsWrite[]): Promise<number> =>
      applyAllIfNewer(privacy, {
        changes: changes.map(({ userId: id, version, settings }) => ({
          id,
          versionField: 'version',
          version,
          set: { ...settings },
        })),
        session: tx.session,
        comment: 'privacy.apply',
      }),
  };
}

/** What {@link createRelationRepository} returns. */
export type RelationRepository = ReturnType<typeof createRelationRepository>;
