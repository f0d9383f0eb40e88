import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';

/** Every file of `graphs/` may use every directive of the specification. */
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@provides", "@requires", "@external", "@override", "@inaccessible", "@interfaceObject", "@tag",
  "@context", "@fromContext"
])`;

/** The names of the graphs that the repository keeps: folders of `graphs/`, one file for each subgraph. */
export const GRAPH_NAMES = ['shop', 'media', 'ledger', 'detour', 'context', 'social', 'keys', 'nodes'] as const;
export type GraphName = (typeof GRAPH_NAMES)[number];

/** A supergraph and what it was composed of. */
export interface Graph {
  readonly name: string;
  readonly supergraphSdl: string;
  /** What clients see. Made anew for each graph, so that resolvers may be attached. */
  readonly api: GraphQLSchema;
  /** All types and fields of all subgraphs, inaccessible ones too. */
  readonly merged: GraphQLSchema;
  /** By name. */
  readonly subgraphs: ReadonlyMap<string, DocumentNode>;
}

/** Composes subgraphs, given as SDL by name without the link to the federation specification. */
export function composeGraph(name: string, sdls: Readonly<Record<string, string>>): Graph {
  const subgraphs = new Map(Object.entries(sdls).map(([subgraph, sdl]) => [subgraph, parse(`${LINK}\n${sdl}`)]));
  const { supergraphSdl, errors } = composeServices(
    [...subgraphs].map(([subgraph, typeDefs]) => ({ name: subgraph, url: `http://${subgraph}.test`, typeDefs })),
  );
  if (supergraphSdl === undefined) throw new Error(`${name} can't be composed: ${errors?.map(String).join('\n')}`);
  const supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  return {
    name,
    supergraphSdl,
    api: supergraph.apiSchema().toGraphQLJSSchema(),
    merged: supergraph.schema.toGraphQLJSSchema(),
    subgraphs,
  };
}

/** Composes one of the graphs that the repository keeps. */
export function loadGraph(name: GraphName): Graph {
  const folder = join(import.meta.dirname, 'graphs', name);
  const files = readdirSync(folder).sort();
  return composeGraph(
    name,
    Object.fromEntries(files.map((file) => [file.replace('.graphql', ''), readFileSync(join(folder, file), 'utf8')])),
  );
}
