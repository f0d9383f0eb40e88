import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationSwitch,
  type NotificationType,
  type QuietHours,
} from '@postbook/db/notifications';

export type { NotificationChannel, NotificationSwitch, NotificationType, QuietHours };
export { NOTIFICATION_CHANNELS, NOTIFICATION_TYPES };

/** How a person wants to be told. */
export interface Preferences {
  /** What they have set; the rest has its default. */
  readonly switches: readonly NotificationSwitch[];
  readonly quietHours: QuietHours | null;
  /** IANA name. */
  readonly timeZone: string;
}

/** What holds for people who never changed anything. */
export const DEFAULT_PREFERENCES: Preferences = { switches: [], quietHours: null, timeZone: 'UTC' };

/** Kinds that are worth a push message unless somebody says otherwise: those that wait for an answer, and safety. */
const PUSHED: ReadonlySet<NotificationType> = new Set([
  'FriendRequest',
  'FriendAccepted',
  'Message',
  'Comment',
  'CommentReply',
  'Mention',
  'Event',
  'Group',
  'Security',
  'Moderation',
]);

/** Kinds that are worth a mail. */
const MAILED: ReadonlySet<NotificationType> = new Set(['FriendRequest', 'Security', 'Moderation']);

function defaultOf(type: NotificationType, channel: NotificationChannel): boolean {
  switch (channel) {
    case 'InApp':
      return true;
    case 'Push':
      return PUSHED.has(type);
    case 'Email':
      return MAILED.has(type);
    default:
      return channel satisfies never;
  }
}

/** Whether a switch may be turned: whoever got into an account must not be able to hide it from its owner. */
export const mayTurn = ({ type, channel, isEnabled }: NotificationSwitch): boolean =>
  isEnabled || type !== 'Security' || channel !== 'InApp';

/** Whether a person wants to be told of a kind through a channel. */
export function isEnabled({ switches }: Preferences, type: NotificationType, channel: NotificationChannel): boolean {
  const set = switches.find((one) => one.type === type && one.channel === channel);
  return set ? set.isEnabled || !mayTurn(set) : defaultOf(type, channel);
}

/** Kinds that a person doesn't want to be told of through a channel. */
export const silencedTypes = (preferences: Preferences, channel: NotificationChannel): Set<NotificationType> =>
  new Set(NOTIFICATION_TYPES.filter((type) => !isEnabled(preferences, type, channel)));

/** The switches with some turned; each pair of kind and channel is there once. */
export function turned(
  switches: readonly NotificationSwitch[],
  turns: readonly NotificationSwitch[],
): NotificationSwitch[] {
  const byField = new Map([...switches, ...turns].map((one) => [`${one.type} ${one.channel}`, one]));
  return [...byField.values()];
}
