import { describe, expect, it } from 'vitest';
import {
  createIdentitySigner,
  createIdentityVerifier,
  ForbiddenError,
  IDENTITY_WINDOW_MS,
  requireService,
  subscriptionBody,
  UnauthenticatedError,
} from '../../src/index.ts';

const secret = 'a-secret-of-at-least-32-characters';
const body = '{"query":"{ me { id } }"}';
const call = { audience: 'auth', operationType: 'query' as const, body };
const viewer = {
  userId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ab',
  sessionId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ac',
  role: 'User' as const,
  scopes: [],
};
const at = (now: number) => ({ now: () => now });
const verifier = (options: { audience?: string; now?: number; secret?: string } = {}) =>
  createIdentityVerifier({
    secret: options.secret ?? secret,
    audience: options.audience ?? 'auth',
    ...at(options.now ?? 1000),
  });
const signer = createIdentitySigner({ secret, ...at(1000) });

describe('the signed identity of internal calls', () => {
  it('carries the viewer and the client unchanged', () => {
    const client = { ip: '203.0.113.7', userAgent: 'test' };
    const identity = verifier().verify(signer.sign({ ...call, viewer, client }), body);
    expect(identity).toMatchObject({ audience: 'auth', operationType: 'query', viewer, client, issuedAt: 1000 });
  });

  it('is accepted without a viewer, as anonymous', () => {
    expect(verifier().verify(signer.sign(call), body).viewer).toBeUndefined();
  });

  it('tells a service that asks for itself from the gateway, which asks for people', () => {
    const identity = verifier().verify(signer.sign({ ...call, service: 'chats' }), body);
    expect(requireService({ identity })).toBe('chats');
    for (const other of [signer.sign(call), signer.sign({ ...call, viewer })]) {
      expect(() => requireService({ identity: verifier().verify(other, body) })).toThrow(ForbiddenError);
    }
  });

  it.each<[string, () => unknown]>([
    ['nothing', () => verifier().verify(undefined, body)],
    ['garbage', () => verifier().verify('a.b', body)],
    ['another body', () => verifier().verify(signer.sign(call), `${body} `)],
    ['another subgraph', () => verifier({ audience: 'chats' }).verify(signer.sign(call), body)],
    ['another secret', () => verifier({ secret: `${secret}!` }).verify(signer.sign(call), body)],
    ['one too old', () => verifier({ now: 1001 + IDENTITY_WINDOW_MS }).verify(signer.sign(call), body)],
    ['one from the future', () => verifier({ now: 999 - IDENTITY_WINDOW_MS }).verify(signer.sign(call), body)],
    [
      'changed claims under the old signature',
      () => {
        const [payload = '', signature] = signer.sign(call).split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
        const forged = Buffer.from(JSON.stringify({ ...claims, usr: { ...viewer, role: 'Admin' } })).toString(
          'base64url',
        );
        return verifier().verify(`${forged}.${signature}`, body);
      },
    ],
  ])('refuses %s, always with the same words', (_what, attempt) => {
    expect(attempt).toThrow(new UnauthenticatedError('This subgraph answers only calls signed by the gateway.'));
  });

  it('makes a new nonce for every call', () => {
    const nonces = [signer.sign(call), signer.sign(call)].map((value) => verifier().verify(value, body).nonce);
    expect(new Set(nonces).size).toBe(2);
  });

  it('binds a subscription to its document, name and variables', () => {
    const texts = [
      subscriptionBody({ query: 'a' }),
      subscriptionBody({ query: 'a', operationName: 'b' }),
      subscriptionBody({ query: 'a', variables: { id: 1 } }),
      subscriptionBody({ query: 'b' }),
    ];
    expect(new Set(texts).size).toBe(4);
  });
});
