import { join } from 'node:path';

/** The checkout's root. */
export const workspaceRoot: string = join(import.meta.dirname, '..', '..');

/** A subgraph of the graph. */
export interface SubgraphRegistration {
  /** Its name in the supergraph and in signed calls. */
  readonly name: string;
  /** Where its package lies, from the root. */
  readonly folder: string;
  /** Where the gateway finds it unless told otherwise (`SUBGRAPH_URLS`). */
  readonly routingUrl: string;
  /** The subgraphs whose part of the sample data its own needs. None by default. */
  readonly sampleAfter?: readonly string[];
}

/** Every subgraph of the graph: the one line to add or to delete with a domain. */
export const subgraphs: readonly SubgraphRegistration[] = [
  { name: 'auth', folder: 'subgraphs/auth', routingUrl: 'http://127.0.0.1:4001/graphql' },
  {
    name: 'profiles',
    folder: 'subgraphs/profiles',
    routingUrl: 'http://127.0.0.1:4002/graphql',
    sampleAfter: ['auth', 'media'],
  },
  {
    name: 'chats',
    folder: 'subgraphs/chats',
    routingUrl: 'http://127.0.0.1:4003/graphql',
    sampleAfter: ['profiles'],
  },
  {
    name: 'posts',
    folder: 'subgraphs/posts',
    routingUrl: 'http://127.0.0.1:4004/graphql',
    sampleAfter: ['profiles', 'media'],
  },
  { name: 'media', folder: 'subgraphs/media', routingUrl: 'http://127.0.0.1:4005/graphql' },
  { name: 'notifications', folder: 'subgraphs/notifications', routingUrl: 'http://127.0.0.1:4006/graphql' },
];
