import { AppError, UnauthenticatedError, UnavailableError } from '@postbook/service-kit/edge';

/** Why a token is refused. Clients refresh after EXPIRED, and ask for a login after the others. */
export type TokenProblem = 'EXPIRED' | 'INVALID' | 'REVOKED';

const REMEDIES: Readonly<Record<TokenProblem, string>> = {
  EXPIRED: 'The access token has expired. Refresh it and try again.',
  INVALID: 'The access token is not valid. Log in again, and send it as "authorization: Bearer …".',
  REVOKED: 'This session was ended. Log in again.',
};

/** The request carries a token that is no longer, or never was, good. */
export class TokenRefusedError extends UnauthenticatedError {
  readonly reason: TokenProblem;

  constructor(reason: TokenProblem, cause?: unknown) {
    super(REMEDIES[reason], { cause, details: { reason } });
    this.reason = reason;
  }
}

/** The keys to verify tokens with can't be had and none are known yet. Requests without a token still work. */
export class KeysUnavailableError extends UnavailableError {
  constructor(cause: unknown) {
    super('Tokens cannot be verified at the moment. Try again in a few seconds.', {
      cause,
      details: { reason: 'KEYS_UNAVAILABLE' },
    });
  }
}

/** The operation asks for more than the gateway gives in one go. `limit`, `maximum` and `actual` say what and how much. */
export class OperationLimitError extends AppError {
  readonly code = 'OPERATION_LIMIT_EXCEEDED';

  constructor(limit: string, maximum: number, actual: number) {
    super(`The operation exceeds the limit of ${maximum} for ${limit}. Ask for less, or in several operations.`, {
      details: { limit, maximum, actual },
    });
  }
}

/** The document has no operation of the name that was asked for, or several and no name was given. */
export class UnknownOperationError extends AppError {
  readonly code = 'OPERATION_RESOLUTION_FAILURE';

  constructor(operationName: string | null | undefined) {
    super(
      operationName
        ? `The document has no operation named "${operationName.slice(0, 100)}".`
        : 'The document has several operations: name the one to run in "operationName".',
    );
  }
}

/** Subscriptions were asked for over plain HTTP. */
export class SocketNeededError extends AppError {
  readonly code = 'SUBSCRIPTION_NEEDS_SOCKET';

  constructor() {
    super(
      'Subscriptions are answered over WebSocket (graphql-transport-ws) or as an event stream (accept: text/event-stream).',
    );
  }
}

/** A client takes events more slowly than they come. Remedy: subscribe again from the last cursor. */
export class SubscriberTooSlowError extends AppError {
  readonly code = 'SUBSCRIBER_TOO_SLOW';

  constructor() {
    super('Events came faster than they could be delivered. Subscribe again from your last cursor.');
  }
}

/** A new supergraph no longer has what a running subscription asks for. Remedy: ask for what there is now. */
export class SchemaChangedError extends AppError {
  readonly code = 'SCHEMA_CHANGED';

  constructor() {
    super('The schema has changed and no longer has what this subscription asks for. Subscribe to what there is now.');
  }
}

/** So many connections or subscriptions are open already. `limit` and `maximum` say what and how many. */
export class ConnectionLimitError extends AppError {
  readonly code = 'CONNECTION_LIMIT_EXCEEDED';

  constructor(limit: string, maximum: number) {
    super(`There are ${maximum} ${limit} already. Close one and try again.`, { details: { limit, maximum } });
  }
}

/** A connection has been open for as long as one may. Remedy: connect again, from the last cursor. */
export class ConnectionExpiredError extends AppError {
  readonly code = 'CONNECTION_EXPIRED';

  constructor() {
    super('This connection has been open for as long as one may be. Connect again, from your last cursor.');
  }
}

/** The gateway stops. Remedy: connect again. */
export class StoppingError extends UnavailableError {
  constructor() {
    super('The gateway is stopping. Connect again.');
  }
}

/** Code of errors made in a subgraph's place when it doesn't answer, or not in time, or not with GraphQL. */
export const SUBGRAPH_UNAVAILABLE = 'SUBGRAPH_UNAVAILABLE';

/** What a client reads when a subgraph is away: its name and, where one is known, the reason; never its address. */
export const subgraphUnavailable = (service: string, reason?: string) => ({
  message: `The service "${service}" does not answer at the moment. Try again in a few seconds.`,
  extensions: { code: SUBGRAPH_UNAVAILABLE, service, ...(reason === undefined ? {} : { reason }) },
});
