import { createEvent } from '@postbook/events';
import {
  createInboxConsumer,
  type EventBus,
  type Inbox,
  type InboxConsumer,
  type MongoTransaction,
  type Outbox,
  type Transactor,
} from '@postbook/service-kit';
import { profileUpdated } from './profile-events.ts';
import type { ProfileRepository } from './profile-repository.ts';

/** The group of the bus in which the processes of profiles share what media tells. */
export const PICTURE_GROUP = 'profiles-pictures';

/** What {@link createPictureConsumer} works with. */
export interface PictureConsumerParts {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly profiles: ProfileRepository;
  readonly outbox: Outbox<MongoTransaction>;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Takes pictures off pages whose files their owners deleted: nobody should see a link that leads nowhere. */
export function createPictureConsumer({
  bus,
  inbox,
  transactor,
  profiles,
  outbox,
  onEvent,
}: PictureConsumerParts): InboxConsumer {
  return createInboxConsumer({
    bus,
    group: PICTURE_GROUP,
    types: ['MediaDeleted'],
    inbox,
    transactor,
    async handle({ payload: { mediaId, ownerId } }, tx) {
      const changed = await profiles.dropPicture(tx, ownerId, mediaId);
      if (!changed) return;
      await outbox.append(tx, [createEvent(profileUpdated(changed))]);
      tx.afterCommit(onEvent);
    },
  });
}
