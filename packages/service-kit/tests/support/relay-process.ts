import {
  createMongoClient,
  createMongoOutboxRepository,
  createOutboxRelay,
  createRedisEventBus,
  silentLogger,
} from '../../src/index.ts';

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
