import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What access tokens must say for the gateway, by its defaults. */
const ISSUER = 'postbook-auth';
const AUDIENCE = 'postbook';
/** Longer than any run. */
const LIFETIME = '12h';

/** An auth service as the gateway sees it: a key set, and tokens of people who differ. */
export interface TokenService {
  readonly jwksUrl: string;
  /** The token of somebody new. */
  issue(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the key set on a free port of this process. */
export async function startTokenService(): Promise<TokenService> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const kid = randomUUID();
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }] });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(keys);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`,
    issue: () =>
      new SignJWT({ sid: randomUUID(), role: 'User', scopes: ['chat'] })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setSubject(randomUUID())
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(LIFETIME)
        .sign(privateKey),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
