import {
  createInboxConsumer,
  type EventBus,
  type Inbox,
  type InboxConsumer,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import { UNREFERENCED_MS } from '../media/media.ts';
import type { ReferenceRepository } from './reference-repository.ts';
import { REFERENCE_EVENTS, type Referrer, referrerOf } from './referrer.ts';

/** The group of the bus in which the processes of media share what tells of references. */
export const REFERENCE_GROUP = 'media-references';

/** What {@link createReferenceConsumer} works with. */
export interface ReferenceConsumerParts {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly references: ReferenceRepository;
  readonly now: () => Date;
}

/** Keeps what refers to files, and with it which files are kept. */
export function createReferenceConsumer({
  bus,
  inbox,
  transactor,
  references,
  now,
}: ReferenceConsumerParts): InboxConsumer {
  /** Makes the references of something what they are now. */
  async function apply(tx: MongoTransaction, referrer: Referrer): Promise<void> {
    const at = now();
    if (!(await references.advance(tx, referrer, at))) return;
    const { mediaIds, ownerId } = referrer;
    const had = await references.filesOf(tx, referrer);
    const has = ownerId === undefined ? [] : await references.ownedAmong(tx, mediaIds, ownerId);
    const added = has.filter((id) => !had.includes(id));
    const removed = had.filter((id) => !mediaIds.includes(id));
    await references.add(tx, referrer, added);
    await references.remove(tx, referrer, removed, new Date(at.getTime() + UNREFERENCED_MS));
  }

  return createInboxConsumer({
    bus,
    group: REFERENCE_GROUP,
    types: REFERENCE_EVENTS,
    // Most posts and messages have no files.
    concerns: (event) => referrerOf(event) !== undefined,
    inbox,
    transactor,
    async handle(event, tx) {
      const referrer = referrerOf(event);
      if (referrer) await apply(tx, referrer);
    },
  });
}
