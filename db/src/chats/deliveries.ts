import type { CollectionDefinition } from '../mongo/index.ts';

/** Events of committed changes on their way to the bus. The service kit's outbox repository defines the documents. */
export const outbox: CollectionDefinition = {
  name: 'outbox',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'event', 'appendedAt', 'publishedAt'],
      properties: {
        _id: { bsonType: 'string' },
        event: { bsonType: 'string' },
        appendedAt: { bsonType: 'date' },
        publishedAt: { bsonType: ['date', 'null'] },
      },
    },
  },
  indexes: [
    { name: 'outbox_unpublished', key: { publishedAt: 1, _id: 1 }, serves: 'what the relay publishes next, in order' },
    {
      name: 'outbox_appended',
      key: { appendedAt: 1 },
      serves: 'purge, and publishing again after the bus lost events',
    },
  ],
};

/** Which process publishes, and what it remembers of the bus. */
export const outboxRelay: CollectionDefinition = {
  name: 'outbox_relay',
  validator: { $jsonSchema: { bsonType: 'object', required: ['_id'], properties: { _id: { bsonType: 'string' } } } },
  indexes: [],
};

/** Events that were applied, so that a repeat changes nothing. */
export const inbox: CollectionDefinition = {
  name: 'inbox',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'receivedAt'],
      properties: { _id: { bsonType: 'string' }, receivedAt: { bsonType: 'date' } },
    },
  },
  indexes: [{ name: 'inbox_received', key: { receivedAt: 1 }, serves: 'purge of what is older than any repeat' }],
};
