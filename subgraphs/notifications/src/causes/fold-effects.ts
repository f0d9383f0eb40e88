import { sourceExpiryOf } from '../notification/notification.ts';
import type { Cause, Effect } from './cause.ts';
import type { Source } from './source.ts';

/** What some effects on one thing come to. */
export interface Folded {
  /** The thing as it is to be stored, not counting unless it did and still does; undefined when nothing changes. */
  readonly source: Source | undefined;
  /** Whether it counted and is taken back. */
  readonly isReleased: boolean;
  /** What the person is to be told in the end; null when nothing. */
  readonly cause: Cause | null;
  /** Of the newest effect that was applied, or what is known. */
  readonly version: number;
}

type TakeBack = Extract<Effect, { kind: 'TakeBack' }>;

/** A thing that was taken back before anything else was known of it. */
const tombstone = (userId: string, { key, actorId, version, at }: TakeBack): Source => ({
  userId,
  key,
  actorId,
  isActive: false,
  version,
  notificationId: null,
  related: null,
  entities: [],
  at,
  expiresAt: sourceExpiryOf('Like', at),
});

/** The thing once the person is told of it. */
export const toldSource = (userId: string, cause: Cause, version: number, notificationId: string): Source => ({
  userId,
  key: cause.key,
  actorId: cause.actorId,
  isActive: true,
  version,
  notificationId,
  related: cause.related,
  entities: cause.entities,
  at: cause.at,
  expiresAt: sourceExpiryOf(cause.type, cause.at),
});

/**
 * Applies effects to one thing in the order in which they came, leaving out what is not newer than what is known: what
 * tells must be newer, what takes back may be of the same version. A thing that counts is told of already, so that a newer
 * version of it, such as another kind of reaction, tells nothing.
 */
export function foldEffects(userId: string, known: Source | undefined, effects: readonly Effect[]): Folded {
  let version = known?.version ?? -1;
  let cause: Cause | null = null;
  let isActive = known?.isActive ?? false;
  let isReleased = false;
  let rest = known;
  for (const effect of effects) {
    if (effect.kind === 'Tell') {
      if (effect.cause.version <= version) continue;
      version = effect.cause.version;
      if (!isActive) cause = effect.cause;
      isActive = true;
    } else {
      if (effect.version < version) continue;
      version = effect.version;
      isReleased ||= isActive && cause === null;
      isActive = false;
      cause = null;
      rest ??= tombstone(userId, effect);
    }
  }
  const isChanged = version !== known?.version || isReleased;
  const source = rest && isChanged ? { ...rest, version, isActive: cause === null && isActive } : undefined;
  return { source, isReleased, cause, version };
}
