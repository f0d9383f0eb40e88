import type { CreateIndexesOptions, Document, IndexDirection } from 'mongodb';

/** An index and the query it is there for. */
export interface IndexDefinition {
  /** Stable name: an index is dropped and made anew when its definition under this name changes. */
  readonly name: string;
  /** Fields in their order, each with its direction or kind. */
  readonly key: Readonly<Record<string, IndexDirection>>;
  /** The query, rule or job it serves, in words; and its number in the specification where it has one. */
  readonly serves: string;
  readonly options?: Omit<CreateIndexesOptions, 'name'>;
}

/** A collection: its name, what its documents must look like, its indexes. */
export interface CollectionDefinition {
  readonly name: string;
  /** A query that documents must match, such as `{ $jsonSchema: … }`, from the portable subset of decisions.md. */
  readonly validator: Document;
  readonly indexes: readonly IndexDefinition[];
}

/** A change of stored data that a new version of the code needs. Runs once a database, in the order of ids. */
export interface DataMigration<Database> {
  /** Sortable, with its purpose: `20261123-backfill-username-lower`. */
  readonly id: string;
  run(database: Database): Promise<void>;
}

/** Everything that a MongoDB database of one domain consists of. */
export interface DatabaseDefinition<Database = unknown> {
  /** The specification's name, such as `ChatServiceDB`. */
  readonly name: string;
  readonly collections: readonly CollectionDefinition[];
  readonly migrations: readonly DataMigration<Database>[];
}
