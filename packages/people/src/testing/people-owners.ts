import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createIdentityVerifier, IDENTITY_HEADER } from '@postbook/service-kit';
import type { AccountEntry, PairEntry, ProfileEntry } from '../people-feeds.ts';

/** What the owners answer with. Tests fill it in. */
export interface OwnedPeople {
  /** What `_entities` gives of a person. */
  readonly people: Map<string, { username: string; displayName: string; avatarUrl: string | null }>;
  /** What the feeds give; each test orders its own. */
  readonly accounts: AccountEntry[];
  readonly profiles: ProfileEntry[];
  readonly pairs: PairEntry[];
}

/** Stands for auth and profiles, to signed calls only: their entities and their feeds. */
export interface PeopleOwners extends OwnedPeople {
  readonly authUrl: string;
  readonly profilesUrl: string;
  /** How often each owner was asked for entities. */
  readonly calls: { auth: number; profiles: number };
  /** Set it and both answer nobody. */
  isAway: boolean;
  /** Calls that were not answered because of it. */
  refused: number;
  stop(): Promise<void>;
}

interface Call {
  readonly query: string;
  readonly variables: { readonly of?: readonly { id: string }[]; readonly first?: number; readonly after?: string };
}

/** A page of a feed; the cursor is a place in the list. */
function pageOf(entries: readonly unknown[], { first = 500, after }: Call['variables']) {
  const start = Number(after ?? 0);
  const nodes = entries.slice(start, start + first);
  const end = start + nodes.length;
  return { feed: { nodes, pageInfo: { hasNextPage: end < entries.length, endCursor: String(end) } } };
}

function answer(owned: OwnedPeople, { query, variables }: Call): unknown {
  const feed = /feed: (account|profile|pair)Feed/.exec(query)?.[1] as 'account' | 'profile' | 'pair' | undefined;
  if (feed) return pageOf(owned[`${feed}s`], variables);
  return { _entities: variables.of?.map(({ id }) => owned.people.get(id) ?? null) };
}

/** Starts both owners on one port. */
export async function startPeopleOwners(secret: string): Promise<PeopleOwners> {
  const owned: OwnedPeople = { people: new Map(), accounts: [], profiles: [], pairs: [] };
  const calls = { auth: 0, profiles: 0 };
  const state = { isAway: false, refused: 0 };
  const server = createServer(async (request, response) => {
    const owner = request.url === '/auth' ? 'auth' : 'profiles';
    const body = await text(request);
    if (state.isAway) {
      state.refused += 1;
      response.writeHead(503).end();
      return;
    }
    createIdentityVerifier({ secret, audience: owner }).verify(String(request.headers[IDENTITY_HEADER]), body);
    const call = JSON.parse(body) as Call;
    if (call.variables.of) calls[owner] += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: answer(owned, call) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return Object.assign(state, {
    ...owned,
    authUrl: `http://127.0.0.1:${port}/auth`,
    profilesUrl: `http://127.0.0.1:${port}/profiles`,
    calls,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
