import { relationshipId } from '@postbook/events';
import type { StoredCard } from './card-repository.ts';
import { type CopyChange, erasedCard, type Kept } from './people-events.ts';
import type { AccountEntry, PairEntry, ProfileEntry } from './people-feeds.ts';
import type { AccountStatus, Audience, EnforcedSettings, RelationKind } from './person.ts';
import type { RelationChange, StoredEdge, StoredSettings } from './relation-repository.ts';

const STATUSES = {
  ACTIVE: 'Active',
  INACTIVE: 'Inactive',
  SUSPENDED: 'Suspended',
  DELETED: 'Deleted',
} as const satisfies Record<AccountEntry['status'], AccountStatus>;

const AUDIENCES = { EVERYONE: 'Everyone', FRIENDS: 'Friends', NONE: 'None' } as const satisfies Record<
  string,
  Audience
>;
const VISIBILITIES = { PUBLIC: 'Public', FRIENDS: 'Friends', PRIVATE: 'Private' } as const;
const KINDS = { FRIEND: 'Friend', FOLLOW: 'Follow', BLOCK: 'Block' } as const satisfies Record<string, RelationKind>;

const isOlder = (stored: number | undefined, version: number): boolean => stored === undefined || stored < version;

/** What the copies lack of an account. Parts whose value is right are left alone, whatever version they are of. */
export function lackingOfAccount(entry: AccountEntry, stored: StoredCard | undefined): CopyChange[] {
  const { id: userId, username, version } = entry;
  const status = STATUSES[entry.status];
  if (status === 'Deleted') return stored?.card.status === 'Deleted' ? [] : erasedCard(userId);
  const changes: CopyChange[] = [];
  if (stored?.card.username !== username && isOlder(stored?.versions.username, version)) {
    changes.push({ copy: 'card', userId, version, change: { part: 'username', set: { username } } });
  }
  if (stored?.card.status !== status && isOlder(stored?.versions.status, version)) {
    changes.push({ copy: 'card', userId, version, change: { part: 'status', set: { status } } });
  }
  return changes;
}

const settingsOf = ({ settings }: ProfileEntry): EnforcedSettings => ({
  profileVisibility: VISIBILITIES[settings.profileVisibility],
  allowMessages: AUDIENCES[settings.allowMessages],
  allowTagging: AUDIENCES[settings.allowTagging],
  allowMentions: AUDIENCES[settings.allowMentions],
  showOnlineStatus: settings.showOnlineStatus,
  showLastSeen: settings.showLastSeen,
});

const isSame = (a: EnforcedSettings, b: EnforcedSettings): boolean =>
  (Object.keys(a) as (keyof EnforcedSettings)[]).every((setting) => a[setting] === b[setting]);

/** What the copies lack of a profile. */
export function lackingOfProfile(
  entry: ProfileEntry,
  stored: StoredCard | undefined,
  storedSettings: StoredSettings,
): CopyChange[] {
  const { userId, displayName, avatarUrl, version } = entry;
  const changes: CopyChange[] = [];
  const isShown = stored?.card.displayName === displayName && (stored.card.avatarUrl ?? null) === avatarUrl;
  if (!isShown && isOlder(stored?.versions.profile, version)) {
    changes.push({ copy: 'card', userId, version, change: { part: 'profile', set: { displayName, avatarUrl } } });
  }
  const settings = settingsOf(entry);
  if (!isSame(settings, storedSettings.settings) && storedSettings.version < version) {
    changes.push({ copy: 'settings', userId, version, settings });
  }
  return changes;
}

/** Every edge of a kept kind that two people may have, with whether they have it. */
function edgesOf({ userIds, edges }: PairEntry, keeps: readonly Kept[]): RelationChange[] {
  const [a = '', b = ''] = userIds;
  const directed = (kind: RelationKind) => [
    { kind, fromUserId: a, toUserId: b },
    { kind, fromUserId: b, toUserId: a },
  ];
  const possible = [
    { kind: 'Friend' as const, fromUserId: a, toUserId: b },
    ...directed('Block'),
    ...directed('Follow'),
  ].filter(({ kind }) => keeps.includes(kind));
  const present = new Set(
    edges.map(({ kind, fromUserId, toUserId }) => relationshipId(KINDS[kind], fromUserId, toUserId)),
  );
  return possible.map((edge) => ({
    ...edge,
    isActive: present.has(relationshipId(edge.kind, edge.fromUserId, edge.toUserId)),
  }));
}

/** The ids under which the copies have a pair's edges. */
export const edgeIdsOf = (entry: PairEntry, keeps: readonly Kept[]): string[] =>
  edgesOf(entry, keeps).map(({ kind, fromUserId, toUserId }) => relationshipId(kind, fromUserId, toUserId));

/** What the copies lack of a pair. An edge that never was and isn't needs no note. */
export function lackingOfPair(
  entry: PairEntry,
  stored: ReadonlyMap<string, StoredEdge>,
  keeps: readonly Kept[],
): CopyChange[] {
  const { revision } = entry;
  return edgesOf(entry, keeps).flatMap((change): CopyChange[] => {
    const known = stored.get(relationshipId(change.kind, change.fromUserId, change.toUserId));
    const isRight = (known?.isActive ?? false) === change.isActive;
    return isRight || !isOlder(known?.version, revision) ? [] : [{ copy: 'relation', version: revision, change }];
  });
}
