import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { printSchema, Supergraph } from '@apollo/federation-internals';
import { readSdl } from '@postbook/service-kit';
import { type DocumentNode, parse, print } from 'graphql';
import { readFolder, readIfThere } from './files.ts';
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

/** Each subgraph's whole SDL. */
const SUBGRAPHS_FOLDER = 'schema/subgraphs';

/** A subgraph as composition needs it. */
export interface SubgraphSdl {
  readonly name: string;
  readonly url: string;
  /** Its whole SDL, the common part included. */
  readonly sdl: string;
}

/** Reads the SDL of all registered subgraphs. @param root a checkout; a copy with other SDL is a throw-away branch. */
export function readSubgraphs(root: string = workspaceRoot): SubgraphSdl[] {
  return subgraphs.map(({ name, folder, routingUrl }) => ({
    name,
    url: routingUrl,
    sdl: readSdl(join(root, folder, 'src')),
  }));
}

function parseSdl({ name, sdl }: SubgraphSdl): DocumentNode {
  try {
    return parse(sdl);
  } catch (error) {
    throw new CompositionError(`[${name}] ${(error as Error).message}`);
  }
}

/**
 * Composes subgraphs from their SDL alone.
 *
 * @throws CompositionError naming what doesn't fit.
 */
export function composeSdl(services: readonly SubgraphSdl[]): ComposedFiles {
  const parsed = services.map((service) => ({ name: service.name, url: service.url, typeDefs: parseSdl(service) }));
  const result = composeServices(parsed);
  if (result.errors) throw new CompositionError(result.errors.map(({ message }) => message).join('\n'));
  const api = printSchema(Supergraph.build(result.supergraphSdl).apiSchema());
  return new Map([
    [SUPERGRAPH_PATH, `${result.supergraphSdl.trim()}\n`],
    [API_PATH, `${api.trim()}\n`],
    ...parsed.map(({ name, typeDefs }) => [`${SUBGRAPHS_FOLDER}/${name}.graphql`, `${print(typeDefs)}\n`] as const),
  ]);
}

/**
 * Composes all subgraphs.
 *
 * @throws CompositionError naming what doesn't fit.
 */
export const compose = (root: string = workspaceRoot): ComposedFiles => composeSdl(readSubgraphs(root));

/** Each subgraph's SDL among the composed files, by name. */
export function subgraphSdlsOf(files: ComposedFiles): ReadonlyMap<string, string> {
  const start = `${SUBGRAPHS_FOLDER}/`;
  const found = [...files].filter(([path]) => path.startsWith(start));
  return new Map(found.map(([path, sdl]) => [path.slice(start.length, -'.graphql'.length), sdl]));
}

/** Makes the composed files what composition makes, and returns the paths of those that changed. */
export function writeComposed(files: ComposedFiles, root: string = workspaceRoot): string[] {
  const changed = driftOf(files, root);
  for (const path of changed) {
    const file = join(root, path);
    const content = files.get(path);
    mkdirSync(dirname(file), { recursive: true });
    if (content === undefined) rmSync(file);
    else writeFileSync(file, content);
  }
  return changed;
}

/** Paths whose committed content is not what composition makes now, those of subgraphs that are gone included. */
export function driftOf(files: ComposedFiles, root: string = workspaceRoot): string[] {
  const outdated = [...files].filter(([path, content]) => readIfThere(join(root, path)) !== content);
  const committed = [...readFolder(join(root, SUBGRAPHS_FOLDER), '*.graphql').keys()];
  const left = committed.map((file) => `${SUBGRAPHS_FOLDER}/${file}`).filter((path) => !files.has(path));
  return [...outdated.map(([path]) => path), ...left];
}
