import { createInternalClient, type InternalClient } from '@postbook/service-kit';
import { z } from 'zod';

/** Rows of a feed that are asked for at a time. */
export const FEED_PAGE = 500;
/** How long a page may take, in milliseconds: nobody waits for it. */
const FEED_TIMEOUT_MS = 30_000;

const accountEntry = z.object({
  id: z.string(),
  username: z.string(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'SUSPENDED', 'DELETED']),
  version: z.int(),
});
const audience = z.enum(['EVERYONE', 'FRIENDS', 'NONE']);
const profileEntry = z.object({
  userId: z.string(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  version: z.int(),
  settings: z.object({
    profileVisibility: z.enum(['PUBLIC', 'FRIENDS', 'PRIVATE']),
    allowMessages: audience,
    allowTagging: audience,
    allowMentions: audience,
    showOnlineStatus: z.boolean(),
    showLastSeen: z.boolean(),
  }),
});
const pairEntry = z.object({
  userIds: z.array(z.string()).length(2),
  revision: z.int(),
  edges: z.array(
    z.object({ kind: z.enum(['FRIEND', 'FOLLOW', 'BLOCK']), fromUserId: z.string(), toUserId: z.string() }),
  ),
});

/** An account as auth has it. */
export type AccountEntry = z.infer<typeof accountEntry>;
/** What profiles tells others of a person. */
export type ProfileEntry = z.infer<typeof profileEntry>;
/** All edges between two people, and the pair's revision. */
export type PairEntry = z.infer<typeof pairEntry>;

/** What changed since a moment, oldest change first, page by page. All there is without a moment. */
export type Feed<Entry> = (since: Date | undefined) => AsyncIterable<readonly Entry[]>;

/** The owners' feeds of changes. */
export interface PeopleFeeds {
  readonly accounts: Feed<AccountEntry>;
  readonly profiles: Feed<ProfileEntry>;
  readonly pairs: Feed<PairEntry>;
}

function feedOf<Entry>(client: InternalClient, field: string, selection: string, entry: z.ZodType<Entry>): Feed<Entry> {
  const query = `query ($since: DateTime, $first: Int!, $after: String) {
    feed: ${field}(since: $since, first: $first, after: $after) {
      nodes { ${selection} } pageInfo { hasNextPage endCursor }
    }
  }`;
  const shape = z.object({
    feed: z.object({
      nodes: z.array(entry),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  });
  return async function* read(since) {
    let after: string | null = null;
    for (;;) {
      const variables: Readonly<Record<string, unknown>> = {
        since: since?.toISOString() ?? null,
        first: FEED_PAGE,
        after,
      };
      const { feed }: z.infer<typeof shape> = await client.query(query, variables, shape);
      yield feed.nodes;
      if (!feed.pageInfo.hasNextPage) return;
      after = feed.pageInfo.endCursor;
    }
  };
}

/** Where the owners answer, and who asks. */
export interface PeopleFeedsOptions {
  readonly authUrl: string;
  readonly profilesUrl: string;
  readonly secret: string;
  readonly service: string;
}

/** The feed of accounts over signed calls. */
export function createAccountFeed(options: Omit<PeopleFeedsOptions, 'profilesUrl'>): Feed<AccountEntry> {
  const { authUrl: url, secret, service } = options;
  const auth = createInternalClient({ owner: 'auth', url, secret, service, timeoutMs: FEED_TIMEOUT_MS });
  return feedOf(auth, 'accountFeed', 'id username status version', accountEntry);
}

/** All feeds over signed calls. */
export function createPeopleFeeds(options: PeopleFeedsOptions): PeopleFeeds {
  const { profilesUrl, secret, service } = options;
  const settings = { secret, service, timeoutMs: FEED_TIMEOUT_MS };
  const profiles = createInternalClient({ owner: 'profiles', url: profilesUrl, ...settings });
  const privacy = 'profileVisibility allowMessages allowTagging allowMentions showOnlineStatus showLastSeen';
  return {
    accounts: createAccountFeed(options),
    profiles: feedOf(
      profiles,
      'profileFeed',
      `userId displayName avatarUrl version settings { ${privacy} }`,
      profileEntry,
    ),
    pairs: feedOf(profiles, 'pairFeed', 'userIds revision edges { kind fromUserId toUserId }', pairEntry),
  };
}
