import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  timeCursorCodec,
  toConnection,
  type UserErrorValue,
  userError,
  type Viewer,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { AuthTransactor } from '../database/auth-transactor.ts';
import type { SessionEndings } from './session-endings.ts';
import type { Session, SessionRepository } from './session-repository.ts';

const cursors = timeCursorCodec('sessions', z.uuid());

/** A person's own sessions. Every method acts on the viewer's and nobody else's. */
export interface SessionService {
  /** @throws BadUserInputError for a page out of bounds or a foreign cursor. */
  page(viewer: Viewer, args: ConnectionArguments): Promise<Connection<Session>>;
  /** Ends the session of the request. Repeating it changes nothing. */
  logOut(viewer: Viewer): Promise<void>;
  /** Ends one session. Somebody else's is as unknown as one that never was. */
  revoke(viewer: Viewer, sessionId: string): Promise<readonly UserErrorValue[]>;
  /** Ends all but that of the request and returns how many. */
  revokeOthers(viewer: Viewer): Promise<number>;
}

/** What {@link createSessionService} works with. */
export interface SessionServiceParts {
  readonly transactor: AuthTransactor;
  readonly sessions: SessionRepository;
  readonly endings: SessionEndings;
}

/** The service of sessions. */
export function createSessionService({ transactor, sessions, endings }: SessionServiceParts): SessionService {
  return {
    async page(viewer, args) {
      const request = pageRequest(args, cursors);
      const page = await sessions.page(viewer.userId, request);
      return toConnection(
        page,
        request,
        cursors,
        ({ createdAt, id }) => ({ at: createdAt, id }),
        (session) => session,
      );
    },

    async logOut({ userId, sessionId }) {
      await transactor.run((tx) => endings.end(tx, userId, { sessionId }, 'Logout'));
    },

    async revoke({ userId }, sessionId) {
      const isId = z.uuid().safeParse(sessionId).success;
      const count = isId ? await transactor.run((tx) => endings.end(tx, userId, { sessionId }, 'Logout')) : 0;
      return count > 0 ? [] : [userError('NOT_FOUND', 'You have no such session.', 'sessionId')];
    },

    revokeOthers: ({ userId, sessionId }) =>
      transactor.run((tx) => endings.end(tx, userId, { allBut: sessionId }, 'Logout')),
  };
}
