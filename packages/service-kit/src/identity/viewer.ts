/** Roles of an account, from the specification's `users.role`. */
export type Role = 'User' | 'Moderator' | 'Admin';

/** The person behind a request, as the verified access token names them. */
export interface Viewer {
  /** The account's id (`sub`), a UUID. */
  readonly userId: string;
  /** The session the token belongs to (`sid`), a UUID. */
  readonly sessionId: string;
  readonly role: Role;
  readonly scopes: readonly string[];
}

/** Where the request came from, as the gateway saw it; for audit and rate limits. */
export interface ClientInfo {
  readonly ip: string;
  readonly userAgent?: string;
}
