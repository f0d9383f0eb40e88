// Events, live updates, caches, jobs and the stores they use.
export * from './edge.ts';
export * from './graphql/date-time-scalar.ts';
export * from './inbox/postgres-inbox-repository.ts';
export * from './mongo/create-mongo-client.ts';
export * from './mongo/duplicate-key.ts';
export * from './mongo/mongo-database.ts';
export * from './mongo/mongo-transactor.ts';
export * from './mongo/object-id.ts';
export * from './mongo/time-page.ts';
export * from './outbox/mongo-outbox-repository.ts';
export * from './outbox/postgres-outbox-repository.ts';
export * from './platform/create-platform.ts';
export * from './scheduler/redis-scheduler.ts';
export * from './scheduler/schedule.ts';
export * from './subgraph/create-subgraph-server.ts';
