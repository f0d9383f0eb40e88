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
import type { AccountFeedRepository, FeedAccount } from './account-feed-repository.ts';

/** Rows of a page at the most. */
const MAX_PAGE = 500;

/** Which accounts of the feed are asked for. */
export interface AccountFeedArguments extends ConnectionArguments {
  readonly since?: Date | null | undefined;
}

/** Tells other services what changed. */
export interface AccountFeedService {
  /** @throws ForbiddenError for everybody but services. */
  page(scope: RequestScope, args: AccountFeedArguments): Promise<Connection<FeedAccount>>;
}

const codec = timeCursorCodec('account-feed', z.uuid());

/** The feed of accounts. */
export const createAccountFeedService = (feed: AccountFeedRepository): AccountFeedService => ({
  async page(scope, args) {
    requireService(scope);
    const request = pageRequest(args, codec, MAX_PAGE);
    const page = await feed.page(args.since ?? undefined, request);
    return toConnection(
      page,
      request,
      codec,
      ({ id, updatedAt }) => ({ at: updatedAt, id }),
      (account) => account,
    );
  },
});
