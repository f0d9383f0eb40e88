import { type AccountStatus, type AuthDatabase, named, users } from '@postbook/db/auth';
import { type Page, type PageRequest, type TimeKey, toPage } from '@postbook/service-kit';
import { and, asc, desc, eq, gt, gte, lt, or } from 'drizzle-orm';

/** An account as other services copy it. */
export interface FeedAccount {
  readonly id: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly status: AccountStatus;
  readonly version: number;
  readonly updatedAt: Date;
}

/** Accounts by their last change, oldest first; tombstones too. */
export interface AccountFeedRepository {
  page(since: Date | undefined, request: PageRequest<TimeKey>): Promise<Page<FeedAccount>>;
}

const columns = {
  id: users.userId,
  username: users.username,
  firstName: users.firstName,
  lastName: users.lastName,
  status: users.accountStatus,
  version: users.version,
  updatedAt: users.updatedAt,
};

function beyond(cursor: TimeKey | undefined, isBackward: boolean) {
  if (!cursor) return undefined;
  const past = isBackward ? lt : gt;
  return or(past(users.updatedAt, cursor.at), and(eq(users.updatedAt, cursor.at), past(users.userId, cursor.id)));
}

/** The feed over Drizzle. */
export function createAccountFeedRepository(db: AuthDatabase): AccountFeedRepository {
  return {
    async page(since, { limit, direction, cursor }) {
      const isBackward = direction === 'backward';
      const order = isBackward ? desc : asc;
      const rows = await db
        .select(columns)
        .from(users)
        .where(
          named('auth.accountFeed', and(since ? gte(users.updatedAt, since) : undefined, beyond(cursor, isBackward))),
        )
        .orderBy(order(users.updatedAt), order(users.userId))
        .limit(limit + 1);
      return toPage(rows, limit);
    },
  };
}
