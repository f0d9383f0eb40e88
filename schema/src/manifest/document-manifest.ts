import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type DocumentNode, print } from 'graphql';
import { type ClientOperation, readClientOperations } from '../check/operation-documents.ts';
import { OPERATIONS_FOLDER } from '../check/schema-workspace.ts';
import { asSent } from '../check/sent-document.ts';
import { readFolder } from '../files.ts';
import { workspaceRoot } from '../subgraphs.ts';

/** The client operations as trusted documents: what `TRUSTED_DOCUMENTS_PATH` of the gateway is to be. */
export const MANIFEST_PATH = 'schema/trusted-documents.json';

function entry({ name, definition }: ClientOperation, document: DocumentNode) {
  const body = print(document);
  return { id: createHash('sha256').update(body).digest('hex'), name, type: definition.operation, body };
}

/**
 * The manifest of client operations, in the format of Apollo's persisted query lists. Each operation is there as it is
 * written and as clients with a normalised cache send it, with `__typename` everywhere.
 */
export function createManifest(operations: readonly ClientOperation[]): string {
  const entries = operations.flatMap((operation) => [
    entry(operation, operation.document),
    entry(operation, asSent(operation.document)),
  ]);
  const unique = new Map(entries.map((one) => [one.id, one]));
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations: [...unique.values()] };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The manifest of a checkout's operations. */
export const readManifest = (root: string = workspaceRoot): string =>
  createManifest(readClientOperations(readFolder(join(root, OPERATIONS_FOLDER), '**/*.graphql')).operations);
