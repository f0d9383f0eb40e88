import type { GraphqlClient } from '@postbook/testkit';
import type { Notifications } from './notifications.ts';

/** A reason why a mutation changed nothing. */
export interface UserError {
  readonly code: string;
  readonly path: readonly string[];
}

/** A notification as tests read it. */
export interface NotificationData {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly text: string;
  readonly actors: readonly { readonly id: string; readonly username: string }[];
  readonly actorCount: number;
  readonly groupCount: number;
  readonly subject: { readonly __typename: string; readonly id: string } | null;
  readonly actionUrl: string | null;
  readonly isRead: boolean;
  readonly readAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const FIELDS = `id type title text actors { id username } actorCount groupCount
  subject { __typename ... on Post { id } ... on Comment { id } ... on Message { id } ... on FriendRequest { id }
    ... on User { id } }
  actionUrl isRead readAt createdAt updatedAt`;

/** A page of notifications. */
export interface NotificationPage {
  readonly edges: readonly { readonly cursor: string }[];
  readonly nodes: readonly NotificationData[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** A page of one's notifications. */
export async function page(client: GraphqlClient, args: Record<string, unknown> = {}): Promise<NotificationPage> {
  const { notifications } = await client.data<{ notifications: NotificationPage }>(
    `query ($first: Int, $after: String, $last: Int, $before: String, $filter: NotificationFilterInput) {
      notifications(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
        edges { cursor }
        nodes { ${FIELDS} }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    args,
  );
  return notifications;
}

/** One's newest notifications. */
export const list = async (client: GraphqlClient, args: Record<string, unknown> = {}) =>
  (await page(client, args)).nodes;

/** The only notification there is. @throws Error when there are none or several. */
export async function only(client: GraphqlClient): Promise<NotificationData> {
  const [first, ...others] = await list(client);
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} notifications`);
  return first;
}

/** A notification by id. */
export async function byId(client: GraphqlClient, id: string) {
  const data = await client.data<{ notification: NotificationData | null }>(
    `query ($id: ID!) { notification(id: $id) { ${FIELDS} } }`,
    { id },
  );
  return data.notification;
}

/** How many one has not read. */
export async function unread(client: GraphqlClient): Promise<number> {
  return (await client.data<{ unreadNotificationCount: number }>('{ unreadNotificationCount }'))
    .unreadNotificationCount;
}

/** Marks as read; the payload as it comes. */
export async function markRead(client: GraphqlClient, ids: readonly string[]) {
  const data = await client.data<{
    markNotificationsRead: {
      notifications: { id: string; isRead: boolean }[];
      unreadCount: number | null;
      errors: UserError[];
    };
  }>(
    `mutation ($ids: [ID!]!) {
      markNotificationsRead(input: { ids: $ids }) { notifications { id isRead } unreadCount errors { code path } }
    }`,
    { ids },
  );
  return data.markNotificationsRead;
}

/** Marks all as read, or all up to a cursor; the payload as it comes. */
export async function markAllRead(client: GraphqlClient, upTo?: string) {
  const data = await client.data<{
    markAllNotificationsRead: { markedCount: number | null; unreadCount: number | null; errors: UserError[] };
  }>(
    `mutation ($upTo: String) {
      markAllNotificationsRead(input: { upTo: $upTo }) { markedCount unreadCount errors { code path } }
    }`,
    { upTo },
  );
  return data.markAllNotificationsRead;
}

/** Removes one; the payload as it comes. */
export async function remove(client: GraphqlClient, id: string) {
  const data = await client.data<{
    deleteNotification: { notificationId: string | null; unreadCount: number | null; errors: UserError[] };
  }>(
    `mutation ($id: ID!) {
      deleteNotification(input: { id: $id }) { notificationId unreadCount errors { code path } }
    }`,
    { id },
  );
  return data.deleteNotification;
}

/** An event of one's notifications as tests read it. */
export interface ReceivedData {
  readonly cursor: string;
  readonly kind: 'NEW' | 'UPDATED' | 'READ' | 'ALL_READ' | 'REMOVED';
  readonly notification: NotificationData | null;
  readonly notificationId: string | null;
  readonly readUpTo: string | null;
  readonly unreadCount: number;
}

/** Where one's notifications stand. */
export async function cursorOf(client: GraphqlClient): Promise<string> {
  return (await client.data<{ notificationCursor: string }>('{ notificationCursor }')).notificationCursor;
}

/** Listens to one's notifications. */
export const listen = (
  notifications: Notifications,
  person: { readonly id: string } | undefined,
  after?: string,
  instance = notifications.instance(),
) =>
  notifications.subscribe<{ notificationReceived: ReceivedData }>(
    person,
    `subscription ($after: String) {
      notificationReceived(after: $after) {
        cursor kind notification { ${FIELDS} } notificationId readUpTo unreadCount
      }
    }`,
    after === undefined ? {} : { after },
    instance,
  );

/** A running subscription of {@link listen}. */
export type Listening = ReturnType<typeof listen>;

/** The next event. @throws Error with what came instead. */
export async function next(events: Listening): Promise<ReceivedData> {
  const { data, errors } = await events.next();
  if (!data) throw new Error(JSON.stringify(errors));
  return data.notificationReceived;
}
