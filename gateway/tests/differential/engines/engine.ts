import type { GraphQLFormattedError } from 'graphql';
import type { ClientRequest } from '../reference.ts';
import type { World } from '../world/world.ts';

/** An answer as the client would read it. */
export interface EngineAnswer {
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[];
}

/** Something that executes operations over a supergraph. */
export interface Engine {
  execute(request: ClientRequest, world: World): Promise<EngineAnswer>;
  close(): Promise<void>;
}
