// Only what is needed, not the whole kit: the process is started many times.
import { createRedisEventBus } from '../../src/event-bus/redis-event-bus.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { createMongoClient } from '../../src/mongo/create-mongo-client.ts';
import { createMongoOutboxRepository } from '../../src/outbox/mongo-outbox-repository.ts';
import { createOutboxRelay } from '../../src/outbox/outbox-relay.ts';

/** A process that does nothing but publish an outbox, for tests that kill it. Arguments: MongoDB URL, database, Redis URL. */
const [, , mongodbUrl = '', database = '', redisUrl = ''] = process.argv;
const client = createMongoClient(mongodbUrl, { name: 'relay' });
const relay = createOutboxRelay({
  name: 'killed',
  repository: createMongoOutboxRepository(client.db(database)),
  bus: createRedisEventBus({ url: redisUrl, namespace: 'test', name: 'relay', log: silentLogger }),
  log: silentLogger,
  pollMs: 1,
  batchSize: 3,
  leaseMs: 300,
});
await relay.start();
process.send?.('started');
