import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { UnauthenticatedError } from '../errors/app-error.ts';
import type { ClientInfo, Viewer } from './viewer.ts';

/** Header of a call from the gateway to a subgraph; for a subscription the same value is `extensions.identity`. */
export const IDENTITY_HEADER = 'x-postbook-identity';

/** How long a signed call may travel, in milliseconds, either way of the clock. */
export const IDENTITY_WINDOW_MS = 30_000;

/** The name under which the gateway asks for itself, as `service` of an identity: for topics that many viewers share. */
export const GATEWAY_SERVICE = 'gateway';

/** The three kinds of GraphQL operations. */
export type OperationType = 'query' | 'mutation' | 'subscription';

/** What the gateway asserts about one call to one subgraph. */
export interface InternalIdentity {
  /** The subgraph that may accept the call. */
  readonly audience: string;
  readonly operationType: OperationType;
  readonly viewer?: Viewer | undefined;
  /** The service that asks for itself; absent on calls of the gateway on behalf of people. */
  readonly service?: string | undefined;
  readonly client?: ClientInfo | undefined;
  /** Makes a mutation's call acceptable only once. */
  readonly nonce: string;
  /** When it was signed, in milliseconds since 1970. */
  readonly issuedAt: number;
}

/** What a call says, to be signed. */
export interface CallToSign {
  readonly audience: string;
  readonly operationType: OperationType;
  /** The exact request body, or {@link subscriptionBody} for a subscription. */
  readonly body: string;
  readonly viewer?: Viewer | undefined;
  readonly service?: string | undefined;
  readonly client?: ClientInfo | undefined;
}

const payloadSchema = z.object({
  aud: z.string(),
  op: z.enum(['query', 'mutation', 'subscription']),
  sha: z.string(),
  iat: z.number(),
  non: z.string(),
  usr: z
    .object({
      userId: z.uuid(),
      sessionId: z.uuid(),
      role: z.enum(['User', 'Moderator', 'Admin']),
      scopes: z.array(z.string()),
    })
    .optional(),
  svc: z.string().min(1).optional(),
  cli: z.object({ ip: z.string(), userAgent: z.string().exactOptional() }).optional(),
});

const digest = (body: string) => createHash('sha256').update(body).digest('base64url');
const mac = (secret: string, payload: string) => createHmac('sha256', secret).update(payload).digest();

/**
 * The text that is signed for a subscription, whose payload has no raw body of its own. What is asked of the live protocol
 * is part of it: a recorded message must not be turned into one that opens another topic.
 */
export function subscriptionBody(payload: {
  readonly query?: string | null | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}): string {
  const live = payload.extensions?.live;
  const operation = [payload.query ?? '', payload.operationName ?? null, payload.variables ?? null];
  return JSON.stringify(live === undefined ? operation : [...operation, live]);
}

/**
 * Signs calls from the gateway. The signature binds subgraph, kind of operation, body and time, so that a recorded call
 * can't be turned against another subgraph, another operation or another day.
 */
export function createIdentitySigner(options: { secret: string; now?: () => number }) {
  const now = options.now ?? Date.now;
  return {
    /** The value of {@link IDENTITY_HEADER}. */
    sign(call: CallToSign): string {
      const payload = Buffer.from(
        JSON.stringify({
          aud: call.audience,
          op: call.operationType,
          sha: digest(call.body),
          iat: now(),
          non: randomUUID(),
          usr: call.viewer,
          svc: call.service,
          cli: call.client,
        }),
      ).toString('base64url');
      return `${payload}.${mac(options.secret, payload).toString('base64url')}`;
    },
  };
}

/** What {@link createIdentitySigner} returns. */
export type IdentitySigner = ReturnType<typeof createIdentitySigner>;

const refuse = () => new UnauthenticatedError('This subgraph answers only calls signed by the gateway.');

/**
 * Verifies calls on the subgraph's side: signature, audience, body and age. Kind of operation and, for mutations, the
 * nonce are checked once the document is parsed (see `identityPlugin`).
 *
 * @throws UnauthenticatedError, always with the same message: a prober learns nothing about what was wrong.
 */
export function createIdentityVerifier(options: { secret: string; audience: string; now?: () => number }) {
  const now = options.now ?? Date.now;
  return {
    verify(value: string | undefined, body: string): InternalIdentity {
      const [payload, signature] = (value ?? '').split('.');
      if (!payload || !signature) throw refuse();
      const given = Buffer.from(signature, 'base64url');
      const expected = mac(options.secret, payload);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refuse();
      const parsed = payloadSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
      if (!parsed.success) throw refuse();
      const claims = parsed.data;
      const isFresh = Math.abs(now() - claims.iat) <= IDENTITY_WINDOW_MS;
      if (claims.aud !== options.audience || claims.sha !== digest(body) || !isFresh) throw refuse();
      return {
        audience: claims.aud,
        operationType: claims.op,
        viewer: claims.usr,
        service: claims.svc,
        client: claims.cli,
        nonce: claims.non,
        issuedAt: claims.iat,
      };
    },
  };
}

/** What {@link createIdentityVerifier} returns. */
export type IdentityVerifier = ReturnType<typeof createIdentityVerifier>;
