import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  type RequestScope,
  requireService,
  timeCursorCodec,
  toConnection,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { Person } from '../profile/person.ts';
import type { FeedEdge, FeedPair, PeopleFeedRepository } from './people-feed-repository.ts';

/** Rows of a page at the most. */
const MAX_PAGE = 500;

/** Which part of a feed is asked for. */
export interface FeedArguments extends ConnectionArguments {
  readonly since?: Date | null | undefined;
}

/** All that is between two people. */
export interface PairEntry {
  readonly userIds: readonly [string, string];
  readonly revision: number;
  readonly edges: readonly FeedEdge[];
}

/** Tells other services what changed. Each call throws ForbiddenError for everybody but services. */
export interface PeopleFeedService {
  profiles(scope: RequestScope, args: FeedArguments): Promise<Connection<Person>>;
  pairs(scope: RequestScope, args: FeedArguments): Promise<Connection<PairEntry>>;
}

const profileCodec = timeCursorCodec('profile-feed', z.uuid());
const pairCodec = timeCursorCodec('pair-feed', z.string().regex(/^[0-9a-f-]{36}:[0-9a-f-]{36}$/));

const idsOf = (pairKey: string): [string, string] => {
  const [a = '', b = ''] = pairKey.split(':');
  return [a, b];
};
const keyOf = (a: string, b: string): string => [a, b].sort().join(':');

/** A friendship is stored both ways and told once; who is muted is told to nobody. */
const isTold = ({ kind, from, to }: FeedEdge): boolean => kind !== 'Mute' && (kind !== 'Friend' || from < to);

/** The feeds of profiles and of what is between people. */
export function createPeopleFeedService(feed: PeopleFeedRepository): PeopleFeedService {
  async function withEdges(rows: readonly FeedPair[]): Promise<Map<string, PairEntry>> {
    const found = (await feed.edgesOf(rows.map(({ pairKey }) => idsOf(pairKey)))).filter(isTold);
    const byPair = Map.groupBy(found, ({ from, to }) => keyOf(from, to));
    return new Map(
      rows.map(({ pairKey, revision }) => [
        pairKey,
        { userIds: idsOf(pairKey), revision, edges: byPair.get(pairKey) ?? [] },
      ]),
    );
  }

  return {
    async profiles(scope, args) {
      requireService(scope);
      const request = pageRequest(args, profileCodec, MAX_PAGE);
      const page = await feed.profiles(args.since ?? undefined, request);
      return toConnection(
        page,
        request,
        profileCodec,
        ({ updatedAt, userId }) => ({ at: updatedAt, id: userId }),
        (person) => person,
      );
    },

    async pairs(scope, args) {
      requireService(scope);
      const request = pageRequest(args, pairCodec, MAX_PAGE);
      const page = await feed.pairs(args.since ?? undefined, request);
      const entries = await withEdges(page.rows);
      return toConnection(
        page,
        request,
        pairCodec,
        ({ pairKey, updatedAt }) => ({ at: updatedAt, id: pairKey }),
        ({ pairKey, revision }) => entries.get(pairKey) ?? { userIds: idsOf(pairKey), revision, edges: [] },
      );
    },
  };
}
