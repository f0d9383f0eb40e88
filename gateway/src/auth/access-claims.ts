import { z } from 'zod';

/** What a verified access token says. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: 'User' | 'Moderator' | 'Admin';
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const payload = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  role: z.enum(['User', 'Moderator', 'Admin']),
  scopes: z.array(z.string()).default([]),
  iat: z.number(),
  exp: z.number(),
});

/** Reads the payload of a token whose signature was verified; undefined when it isn't one of our access tokens. */
export function readClaims(value: unknown): AccessClaims | undefined {
  const { data } = payload.safeParse(value);
  return (
    data && {
      userId: data.sub,
      sessionId: data.sid,
      role: data.role,
      scopes: data.scopes,
      issuedAt: data.iat * 1000,
      expiresAt: data.exp * 1000,
    }
  );
}
