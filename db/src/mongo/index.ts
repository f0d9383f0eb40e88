export type {
  CollectionDefinition,
  DatabaseDefinition,
  DataMigration,
  IndexDefinition,
} from './collection-definition.ts';
export { type CollectionStatus, type DatabaseStatus, statusOf } from './database-status.ts';
export { type IndexUse, indexUseOf } from './index-use.ts';
export { type MigrateOptions, migrateMongoDatabase } from './migrate-database.ts';
export type { AppliedMigration } from './migration-record.ts';
