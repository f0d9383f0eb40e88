import { join } from 'node:path';
import { readSubgraphs, type SubgraphSdl } from '../compose.ts';
import { readFolder, readIfThere } from '../files.ts';
import { type Release, readRelease } from '../release/release-files.ts';
import type { OperationFiles } from './operation-documents.ts';

/** Breaking changes that may be released nevertheless, from the root. */
export const ACCEPTED_CHANGES_PATH = 'schema/accepted-changes.json';
/** Client operations, from the root. */
export const OPERATIONS_FOLDER = 'schema/operations';

/** All that the check looks at, as texts: what it says depends on nothing else. */
export interface SchemaWorkspace {
  readonly subgraphs: readonly SubgraphSdl[];
  readonly operations: OperationFiles;
  /** Absent before the first release. */
  readonly release: Release | undefined;
  /** The list of accepted breaking changes, as JSON. */
  readonly acceptedChanges: string;
}

/** Reads what the check looks at from a checkout, or from a copy of its SDL and `schema` folder. */
export function readSchemaWorkspace(root: string): SchemaWorkspace {
  return {
    subgraphs: readSubgraphs(root),
    operations: readFolder(join(root, OPERATIONS_FOLDER), '**/*.graphql'),
    release: readRelease(root),
    acceptedChanges: readIfThere(join(root, ACCEPTED_CHANGES_PATH)) ?? '[]',
  };
}
