export * from './eventually.ts';
export * from './graphql-client.ts';
export * from './mail-server.ts';
export * from './redis-process.ts';
export * from './stores.ts';
export * from './subscriber.ts';
export * from './trace-receiver.ts';
