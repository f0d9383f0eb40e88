import type { StorageConfig } from '../config.ts';
import { createLocalStorage } from './local-storage.ts';
import { createS3Storage } from './s3-storage.ts';
import type { MediaStorage } from './storage.ts';

/** The storage that the configuration names. */
export const createStorage = (config: StorageConfig): MediaStorage =>
  config.kind === 'S3' ? createS3Storage(config) : createLocalStorage(config.folder);
