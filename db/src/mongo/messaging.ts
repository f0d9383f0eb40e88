import type { CollectionDefinition } from './collection-definition.ts';
import { date, object, text } from './schema-parts.ts';

/** Events to publish, by the contract of the kit's outbox. */
export const outbox: CollectionDefinition = {
  name: 'outbox',
  validator: {
    $jsonSchema: object({ _id: text(36, 36), event: text(262_144, 2), appendedAt: date }, ['event', 'appendedAt']),
  },
  indexes: [
    {
      name: 'outbox_unpublished',
      key: { publishedAt: 1, _id: 1 },
      serves: 'the relay: what is unpublished, in order; the purge',
    },
    {
      name: 'outbox_appended',
      key: { appendedAt: 1 },
      serves: 'publishing again after the bus lost events; the purge',
    },
  ],
};

/** The relay's lease and memory of the bus, by the contract of the kit's outbox. */
export const outboxRelay: CollectionDefinition = {
  name: 'outbox_relay',
  validator: { $jsonSchema: object({ until: date }, ['until']) },
  indexes: [],
};

/** Events that were applied, by the contract of the kit's inbox. */
export const inbox: CollectionDefinition = {
  name: 'inbox',
  validator: { $jsonSchema: object({ _id: text(200, 38), receivedAt: date }, ['receivedAt']) },
  indexes: [{ name: 'inbox_received', key: { receivedAt: 1 }, serves: 'forgetting events after nine days' }],
};
