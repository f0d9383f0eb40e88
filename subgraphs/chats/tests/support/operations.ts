import type { Chats, Person } from './chats.ts';

/** A reason why a mutation changed nothing. */
export interface UserError {
  readonly code: string;
  readonly path: readonly string[];
}

/** A message as tests read it. */
export interface MessageData {
  readonly id: string;
  readonly number: number;
  readonly content: string;
  readonly clientMessageId: string | null;
  readonly sender: { readonly id: string; readonly username: string };
}

const MESSAGE_FIELDS = 'id number content clientMessageId sender { id username }';

/** Opens the chat of two people; the payload as it comes. */
export async function openDirect(client: Person['client'], userId: string) {
  const { openDirectConversation } = await client.data<{
    openDirectConversation: { conversation: { id: string; eventCursor: string } | null; errors: UserError[] };
  }>(
    `mutation ($userId: ID!) {
      openDirectConversation(input: { userId: $userId }) { conversation { id eventCursor } errors { code path } }
    }`,
    { userId },
  );
  return openDirectConversation;
}

/** The id of the two people's chat. */
export async function directChat(a: Person, b: Person): Promise<string> {
  const { conversation, errors } = await openDirect(a.client, b.id);
  if (!conversation) throw new Error(`not opened: ${JSON.stringify(errors)}`);
  return conversation.id;
}

/** Makes a group; the payload as it comes. */
export async function createGroup(client: Person['client'], input: Record<string, unknown>) {
  const { createGroup: payload } = await client.data<{
    createGroup: { conversation: { id: string; eventCursor: string } | null; errors: UserError[] };
  }>(
    `mutation ($input: CreateGroupInput!) {
      createGroup(input: $input) { conversation { id eventCursor } errors { code path } }
    }`,
    { input },
  );
  return payload;
}

/** The id of a new group. */
export async function group(owner: Person, ...members: Person[]): Promise<string> {
  const input = { name: 'Group', memberIds: members.map(({ id }) => id) };
  const { conversation, errors } = await createGroup(owner.client, input);
  if (!conversation) throw new Error(`not made: ${JSON.stringify(errors)}`);
  return conversation.id;
}

/** Sends a message; the result as it comes. */
export const trySend = (client: Person['client'], conversationId: string, content: string, clientMessageId?: string) =>
  client.execute<{ sendMessage: { message: MessageData | null; errors: UserError[] } }>(
    `mutation ($input: SendMessageInput!) {
      sendMessage(input: $input) { message { ${MESSAGE_FIELDS} } errors { code path } }
    }`,
    { input: { conversationId, content, ...(clientMessageId ? { clientMessageId } : {}) } },
  );

/** Sends a message that must be stored. */
export async function send(
  client: Person['client'],
  conversationId: string,
  content: string,
  clientMessageId?: string,
) {
  const { data, errors } = await trySend(client, conversationId, content, clientMessageId);
  const message = data?.sendMessage.message;
  if (!message) throw new Error(`not sent: ${JSON.stringify(errors ?? data)}`);
  return message;
}

/** A page of messages. */
export interface History {
  readonly nodes: readonly MessageData[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Reads a page of a conversation's messages. */
export async function history(client: Person['client'], id: string, args: Record<string, unknown> = {}) {
  const { conversation } = await client.data<{ conversation: { messages: History } | null }>(
    `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      conversation(id: $id) {
        messages(first: $first, after: $after, last: $last, before: $before) {
          nodes { ${MESSAGE_FIELDS} }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }`,
    { id, ...args },
  );
  if (!conversation) throw new Error('no such conversation');
  return conversation.messages;
}

/** Leaves a group. */
export async function leave(client: Person['client'], conversationId: string) {
  const data = await client.data<{ leaveConversation: { conversationId: string | null; errors: UserError[] } }>(
    `mutation ($conversationId: ID!) {
      leaveConversation(input: { conversationId: $conversationId }) { conversationId errors { code path } }
    }`,
    { conversationId },
  );
  return data.leaveConversation;
}

/** Adds people to a group. */
export async function addMembers(client: Person['client'], conversationId: string, ...people: Person[]) {
  const data = await client.data<{ addMembers: { conversation: { memberCount: number } | null; errors: UserError[] } }>(
    `mutation ($input: AddMembersInput!) {
      addMembers(input: $input) { conversation { memberCount } errors { code path } }
    }`,
    { input: { conversationId, userIds: people.map(({ id }) => id) } },
  );
  return data.addMembers;
}

/** Marks as read; the conversation as it is then. */
export async function markRead(client: Person['client'], conversationId: string, messageNumber: number) {
  const data = await client.data<{
    markRead: {
      conversation: { unreadCount: number; viewerMember: { lastReadNumber: number } } | null;
      errors: UserError[];
    };
  }>(
    `mutation ($input: MarkReadInput!) {
      markRead(input: $input) {
        conversation { unreadCount viewerMember { lastReadNumber } }
        errors { code path }
      }
    }`,
    { input: { conversationId, messageNumber } },
  );
  return data.markRead;
}

/** An event of a conversation as tests read it. */
export interface EventData {
  readonly __typename: string;
  readonly cursor: string;
  readonly message?: MessageData;
  readonly user?: { readonly id: string; readonly username: string };
  readonly lastReadNumber?: number;
}

/** Listens to a conversation. */
export const listen = (
  chats: Chats,
  person: { readonly id: string } | undefined,
  conversationId: string,
  after?: string,
  instance = chats.instance(),
) =>
  chats.subscribe<{ conversationEvents: EventData }>(
    person,
    `subscription ($id: ID!, $after: String) {
      conversationEvents(conversationId: $id, after: $after) {
        __typename cursor
        ... on MessageSentEvent { message { ${MESSAGE_FIELDS} } }
        ... on MemberJoinedEvent { user { id username } }
        ... on MemberLeftEvent { user { id username } }
        ... on MessagesReadEvent { user { id username } lastReadNumber }
      }
    }`,
    { id: conversationId, ...(after === undefined ? {} : { after }) },
    instance,
  );
