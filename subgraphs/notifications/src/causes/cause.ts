import type { NotificationContext, NotificationType, RelatedEntity } from '../notification/notification.ts';
import type { TemplateKey } from '../text/catalogue.ts';

/** One thing that a person is to be told of. */
export interface Cause {
  /** Names it among all things of its recipient. */
  readonly key: string;
  /** Of the event about it: newer than what is known, or it is passed over. */
  readonly version: number;
  readonly type: NotificationType;
  readonly templateKey: TemplateKey;
  /** What it is told together with. */
  readonly groupKey: string;
  /** Null for notices of the network itself. */
  readonly actorId: string | null;
  readonly related: RelatedEntity | null;
  /** Where it leads when that can't be made from what it is about. */
  readonly actionUrl?: string;
  readonly context: NotificationContext;
  /** Everything whose removal takes it back, as `Post:<id>`. */
  readonly entities: readonly string[];
  readonly at: Date;
}

/** What is done to one person's notifications. */
export type Effect =
  | { readonly kind: 'Tell'; readonly cause: Cause }
  /** A newer event says that the thing is over; also when nothing of it is known yet. */
  | {
      readonly kind: 'TakeBack';
      readonly key: string;
      readonly actorId: string | null;
      readonly version: number;
      readonly at: Date;
    };

/** What an event does to one person's notifications. */
export interface PersonalEffects {
  readonly userId: string;
  readonly effects: readonly Effect[];
}

/** Names an entity in sources and among the deleted ones. */
export const entityKey = (type: string, id: string): string => `${type}:${id}`;
