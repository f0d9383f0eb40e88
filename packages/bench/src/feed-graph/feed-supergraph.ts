import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** A subgraph as composition wants it. */
export interface ComposableSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
}

/** The supergraph of the subgraphs. @throws Error with what composition says when they don't fit together. */
export function composeSupergraph(subgraphs: readonly ComposableSubgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new Error(`the benchmark's graph does not compose: ${errors?.join('; ')}`);
  return supergraphSdl;
}
