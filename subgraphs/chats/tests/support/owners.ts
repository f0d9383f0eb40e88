import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createIdentityVerifier, IDENTITY_HEADER } from '@postbook/service-kit';

/** Stands for auth and profiles: answers `_entities` for the people it was given, to signed calls only. */
export interface TestOwners {
  readonly authUrl: string;
  readonly profilesUrl: string;
  readonly people: Map<string, { username: string; displayName: string; avatarUrl: string | null }>;
  /** How often each owner was asked. */
  readonly calls: { auth: number; profiles: number };
  stop(): Promise<void>;
}

/** Starts both owners on one port. */
export async function startOwners(secret: string): Promise<TestOwners> {
  const people: TestOwners['people'] = new Map();
  const calls = { auth: 0, profiles: 0 };
  const server = createServer(async (request, response) => {
    const owner = request.url === '/auth' ? 'auth' : 'profiles';
    calls[owner] += 1;
    const body = await text(request);
    createIdentityVerifier({ secret, audience: owner }).verify(String(request.headers[IDENTITY_HEADER]), body);
    const { variables } = JSON.parse(body) as { variables: { of: { id: string }[] } };
    const entities = variables.of.map(({ id }) => people.get(id) ?? null);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { _entities: entities } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    authUrl: `http://127.0.0.1:${port}/auth`,
    profilesUrl: `http://127.0.0.1:${port}/profiles`,
    people,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
