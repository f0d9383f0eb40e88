export { readEmbeddedConfig } from './config.ts';
export { findRedisServer, type RedisProgram } from './engines/redis-program.ts';
export { EmbeddedStoreError, URL_VARIABLE } from './errors.ts';
export { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
export { type ResetResult, resetEmbeddedStores } from './reset.ts';
export { startEmbeddedStores } from './start.ts';
export { startTestStores } from './test-stores.ts';
export type {
  EmbeddedConfig,
  EmbeddedStores,
  EmbeddedStoresOptions,
  OnProgress,
  ProgressEvent,
  StoreHandle,
  StoreName,
  StorePorts,
  StoreUrls,
} from './types.ts';
