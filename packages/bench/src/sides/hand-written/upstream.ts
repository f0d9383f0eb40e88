import { Pool } from 'undici';
import type { FeedSubgraphName } from '../../feed-graph/feed-subgraphs.ts';

/** An entity to fetch fields of. */
export interface Representation {
  readonly __typename: 'Post' | 'Person' | 'Comment';
  readonly id: string;
}

/** The subgraphs as a program that was written for one query calls them. */
export interface Upstream {
  /** The data of one query. @throws Error when there is none. */
  query<Data>(subgraph: FeedSubgraphName, query: string, variables: Readonly<Record<string, unknown>>): Promise<Data>;
  /** Entities in the order of their representations. */
  entities<Entity>(
    subgraph: FeedSubgraphName,
    query: string,
    representations: readonly Representation[],
  ): Promise<readonly Entity[]>;
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
/** Connections to one subgraph: as many as the gateways allow themselves, and more than the benchmark needs. */
const CONNECTIONS = 256;

/** Makes the pools, one for each subgraph, kept alive. */
export function createUpstream(urls: Readonly<Record<FeedSubgraphName, string>>): Upstream {
  const pools = new Map(
    Object.entries(urls).map(([name, url]) => {
      const { origin, pathname } = new URL(url);
      return [name, { path: pathname, pool: new Pool(origin, { connections: CONNECTIONS, pipelining: 1 }) }];
    }),
  );

  async function post<Data>(subgraph: FeedSubgraphName, body: string): Promise<Data> {
    const target = pools.get(subgraph);
    if (!target) throw new Error(`no subgraph ${subgraph}`);
    const { pool, path } = target;
    const response = await pool.request({ path, method: 'POST', headers: HEADERS, body });
    const { data } = (await response.body.json()) as { data?: Data };
    if (!data) throw new Error(`${subgraph} gave no data`);
    return data;
  }

  return {
    query: (subgraph, query, variables) => post(subgraph, JSON.stringify({ query, variables })),
    async entities<Entity>(subgraph: FeedSubgraphName, query: string, representations: readonly Representation[]) {
      const body = JSON.stringify({ query, variables: { representations } });
      const { _entities } = await post<{ _entities: readonly Entity[] }>(subgraph, body);
      return _entities;
    },
  };
}
