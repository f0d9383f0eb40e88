import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DocumentNode, parse } from 'graphql';

/** The SDL that every subgraph shares: pages, user errors, moments. */
export const COMMON_SDL: string = join(import.meta.dirname, 'common.graphql');

/** The .graphql files of a subgraph, one per aggregate, in a stable order. */
export function sdlFiles(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // In a bundle the common file lies among the subgraph's own.
      .filter((file) => file.endsWith('.graphql') && file !== basename(COMMON_SDL))
      .sort()
      .map((file) => join(folder, file))
  );
}

/** The whole SDL of a subgraph as text: its own files and the common one. */
export function readSdl(folder: string): string {
  return [...sdlFiles(folder), COMMON_SDL].map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
}

/** The whole SDL of a subgraph, parsed. @param folder its `src`. */
export function loadTypeDefs(folder: string): DocumentNode {
  return parse(readSdl(folder), { noLocation: false });
}
