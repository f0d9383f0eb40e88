import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createIdentityVerifier, IDENTITY_HEADER } from '@postbook/service-kit';

/** What the stand-in says of a file: a ready picture for a post unless told otherwise. */
export interface OwnedFile {
  readonly ownerId: string;
  readonly kind?: 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT';
  readonly category?: 'PROFILE' | 'POST' | 'CHAT' | 'DOCUMENT' | 'OTHER';
  readonly isReady?: boolean;
  readonly publicUrl?: string | null;
}

/** Stands for media in tests of other services: answers what it was given of files, to signed calls of services only. */
export interface MediaOwner {
  readonly url: string;
  readonly files: Map<string, OwnedFile>;
  stop(): Promise<void>;
}

/** Starts the stand-in. */
export async function startMediaOwner(secret: string): Promise<MediaOwner> {
  const files = new Map<string, OwnedFile>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const identity = createIdentityVerifier({ secret, audience: 'media' }).verify(
      String(request.headers[IDENTITY_HEADER]),
      body,
    );
    const { variables } = JSON.parse(body) as { variables: { of: { id: string }[] } };
    const _entities = variables.of.map(({ id }) => {
      const file = identity.service ? files.get(id) : undefined;
      return file ? { attachment: { kind: 'IMAGE', category: 'POST', isReady: true, publicUrl: null, ...file } } : null;
    });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { _entities } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    files,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
