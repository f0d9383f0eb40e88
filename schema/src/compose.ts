import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { printSchema, Supergraph } from '@apollo/federation-internals';
import { readSdl } from '@postbook/service-kit';
import { parse, print } from 'graphql';
import { subgraphs, workspaceRoot } from './subgraphs.ts';

/** The subgraphs don't fit together. The message has one line per reason. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
}

/** The files that composition makes, by path from the root, with their content. */
export type ComposedFiles = ReadonlyMap<string, string>;

/** What Apollo Server needs to plan and route: committed, so that a deployment doesn't have to compose. */
export const SUPERGRAPH_PATH = 'schema/supergraph.graphql';
/** What clients see. */
export const API_PATH = 'schema/api.graphql';

/**
 * Composes all subgraphs.
 *
 * @throws CompositionError naming what doesn't fit.
 */
export function compose(): ComposedFiles {
  const services = subgraphs.map(({ name, folder, routingUrl }) => ({
    name,
    url: routingUrl,
    typeDefs: parse(readSdl(join(workspaceRoot, folder, 'src'))),
  }));
  const result = composeServices(services);
  if (result.errors) throw new CompositionError(result.errors.map(({ message }) => message).join('\n'));
  const api = printSchema(Supergraph.build(result.supergraphSdl).apiSchema());
  return new Map([
    [SUPERGRAPH_PATH, `${result.supergraphSdl.trim()}\n`],
    [API_PATH, `${api.trim()}\n`],
    ...services.map(({ name, typeDefs }) => [`schema/subgraphs/${name}.graphql`, `${print(typeDefs)}\n`] as const),
  ]);
}

/** Writes the composed files and returns the paths of those that changed. */
export function writeComposed(files: ComposedFiles): string[] {
  const changed = driftOf(files);
  for (const path of changed) {
    const file = join(workspaceRoot, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, files.get(path) ?? '');
  }
  return changed;
}

/** Paths whose committed content is not what composition makes now. */
export function driftOf(files: ComposedFiles): string[] {
  return [...files].filter(([path, content]) => readCommitted(path) !== content).map(([path]) => path);
}

function readCommitted(path: string): string | undefined {
  try {
    return readFileSync(join(workspaceRoot, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
