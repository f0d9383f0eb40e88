import type { CollectionDefinition } from '../mongo/index.ts';
import { date, list, object, oneOfWords, switchField, text, uuid } from '../mongo/schema-parts.ts';
import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationType,
} from './notifications.ts';

/** One field of the matrix of types and channels. */
export interface NotificationSwitch {
  type: NotificationType;
  channel: NotificationChannel;
  isEnabled: boolean;
}

/** When a person wants to be left alone, by the clock of their time zone. May span midnight. */
export interface QuietHours {
  /** `22:00` */
  from: string;
  /** `07:00` */
  to: string;
}

/** How a person wants to be told (specification, 833-843, as decided in Profiles 9). Absent: the defaults hold. */
export interface NotificationPreferencesDocument {
  /** The user's id. */
  _id: string;
  /** Only what was ever set; the rest has its default. */
  switches: NotificationSwitch[];
  quietHours?: QuietHours;
  /** IANA name, such as `Europe/Vienna`. */
  timeZone: string;
  updatedAt: Date;
}

const timeOfDay = { bsonType: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]\\z' } as const;

const switchPart = object(
  {
    type: oneOfWords(...NOTIFICATION_TYPES),
    channel: oneOfWords(...NOTIFICATION_CHANNELS),
    isEnabled: switchField,
  },
  ['type', 'channel', 'isEnabled'],
);

/** The collection `notification_preferences`. Shard key: `_id`. */
export const notificationPreferences: CollectionDefinition = {
  name: 'notification_preferences',
  validator: {
    $jsonSchema: object(
      {
        _id: uuid,
        switches: list(switchPart, NOTIFICATION_TYPES.length * NOTIFICATION_CHANNELS.length),
        quietHours: object({ from: timeOfDay, to: timeOfDay }, ['from', 'to']),
        timeZone: text(64, 1),
        updatedAt: date,
      },
      ['_id', 'switches', 'timeZone', 'updatedAt'],
    ),
  },
  indexes: [],
};
