import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  type TimeKey,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import DataLoader from 'dataloader';
import type { ViewerScope } from '../profile/profile-loaders.ts';
import { findablePeople } from '../relationship/people-list-service.ts';
import type { FriendRequest } from './friend-request.ts';
import { maySeeRequest } from './friend-request-policy.ts';
import type { FriendRequestRepository, RequestSide } from './friend-request-repository.ts';

/** Friend requests as one viewer may see them, read in batches. */
export interface FriendRequestLoaders {
  /** By id; null when there is none or it is between others. */
  readonly requestById: DataLoader<string, FriendRequest | null>;
  /** What waits between the viewer and a user id; null when nothing does. */
  readonly waitingWith: DataLoader<string, FriendRequest | null>;
}

/** Makes the loaders of one request. */
export function createFriendRequestLoaders(
  viewerId: string | undefined,
  requests: FriendRequestRepository,
): FriendRequestLoaders {
  return {
    requestById: new DataLoader(async (ids) => {
      const found = new Map((await requests.findByIds(ids)).map((request) => [request.id, request]));
      return ids.map((id) => {
        const request = found.get(id);
        return request && maySeeRequest(viewerId, request) ? request : null;
      });
    }),
    waitingWith: new DataLoader(
      async (userIds) => {
        const found = viewerId ? await requests.waitingBetween(viewerId, userIds, new Date()) : [];
        const between = (userId: string) =>
          found.find(({ senderId, receiverId }) => senderId === userId || receiverId === userId);
        return userIds.map((userId) => between(userId) ?? null);
      },
      // What waits changes with every mutation of the request, which answers with it.
      { cache: false },
    ),
  };
}

/** A page of the viewer's requests that wait. Those of people who are hidden now are left out. */
export function waitingRequests(
  parts: { readonly requests: FriendRequestRepository; readonly scope: ViewerScope; readonly viewerId: string },
  side: RequestSide,
  args: ConnectionArguments,
): Promise<Connection<FriendRequest>> {
  const { requests, scope, viewerId } = parts;
  const codec = timeCursorCodec(`friend-requests-${side}`);
  const now = new Date();
  return visibleConnection<FriendRequest, TimeKey, FriendRequest>({
    request: pageRequest(args, codec),
    codec,
    keyOf: ({ sentAt, id }) => ({ at: sentAt, id }),
    read: (request) => requests.listWaiting(side, viewerId, now, request),
    async show(rows) {
      const others = rows.map(({ receiverId, senderId }) => (side === 'receiverId' ? senderId : receiverId));
      const people = await findablePeople(scope, others);
      return rows.map((row, index) => (people[index] ? row : null));
    },
  });
}
