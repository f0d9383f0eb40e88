import { createGraphqlClient, type GraphqlClient, type MailServer, uniqueName } from '@postbook/testkit';

/** A person who registered, verified and logged in. */
export interface Person {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly client: GraphqlClient;
}

const PASSWORD = 'violet-harbour-42';

/** The six digits in a mail's body. */
export function codeIn(raw: string): string {
  const code = /\b(\d{6})\b/.exec(raw.slice(raw.search(/\r?\n\r?\n/)))?.[1];
  if (!code) throw new Error(`no code in the mail:\n${raw}`);
  return code;
}

/** Registers a new person as a front end would: form, code from the mail, login. */
export async function newPerson(url: string, mails: MailServer, firstName: string): Promise<Person> {
  const graph = createGraphqlClient({ url: `${url}/graphql` });
  const username = uniqueName(firstName.toLowerCase());
  const email = `${username}@example.org`;
  const registered = await graph.data(
    `mutation ($input: RegisterInput!) { register(input: $input) { codeExpiresAt errors { code path } } }`,
    { input: { username, email, password: PASSWORD, firstName, lastName: 'Example' } },
  );
  if ((registered as { register: { errors: unknown[] } }).register.errors.length > 0)
    throw new Error(JSON.stringify(registered));
  const code = codeIn((await mails.waitForMail(email)).raw);
  await graph.data(`mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { errors { code } } }`, {
    input: { email, code },
  });
  const { logIn } = await graph.data<{
    logIn: { user: { id: string }; tokens: { accessToken: string; refreshToken: string } };
  }>(
    `mutation ($input: LogInInput!) { logIn(input: $input) { user { id } tokens { accessToken refreshToken } errors { code } } }`,
    { input: { login: email, password: PASSWORD } },
  );
  const { accessToken: token, refreshToken } = logIn.tokens;
  return {
    userId: logIn.user.id,
    username,
    displayName: `${firstName} Example`,
    token,
    refreshToken,
    client: graph.as(token),
  };
}

/** Makes two people friends. */
export async function befriend(sender: Person, receiver: Person): Promise<void> {
  const { sendFriendRequest } = await sender.client.data<{ sendFriendRequest: { request: { id: string } } }>(
    `mutation ($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { request { id } errors { code message } } }`,
    { input: { userId: receiver.userId } },
  );
  await receiver.client.data(
    `mutation ($input: FriendRequestInput!) { acceptFriendRequest(input: $input) { request { status } errors { code } } }`,
    { input: { requestId: sendFriendRequest.request.id } },
  );
}

/** Opens the chat of two people and gives its id and the cursor where it stands. */
export async function openChat(me: Person, other: Person): Promise<{ id: string; eventCursor: string }> {
  const { openDirectConversation } = await me.client.data<{
    openDirectConversation: { conversation: { id: string; eventCursor: string } | null; errors: unknown[] };
  }>(
    `mutation ($input: OpenDirectConversationInput!) {
      openDirectConversation(input: $input) { conversation { id eventCursor } errors { code message } }
    }`,
    { input: { userId: other.userId } },
  );
  if (!openDirectConversation.conversation) throw new Error(JSON.stringify(openDirectConversation.errors));
  return openDirectConversation.conversation;
}

/** Sends a message and gives its number. */
export async function say(
  sender: Person,
  conversationId: string,
  content: string,
  clientMessageId?: string,
): Promise<number> {
  const { sendMessage } = await sender.client.data<{
    sendMessage: { message: { number: number } | null; errors: unknown[] };
  }>(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { number } errors { code message } } }`,
    { input: { conversationId, content, ...(clientMessageId ? { clientMessageId } : {}) } },
  );
  if (!sendMessage.message) throw new Error(JSON.stringify(sendMessage.errors));
  return sendMessage.message.number;
}

/** The newest messages of a conversation, oldest first. */
export async function history(
  reader: Person,
  conversationId: string,
  last = 50,
): Promise<{ number: number; content: string }[]> {
  const { conversation } = await reader.client.data<{
    conversation: { messages: { nodes: { number: number; content: string }[] } };
  }>(`query ($id: ID!, $last: Int) { conversation(id: $id) { messages(last: $last) { nodes { number content } } } }`, {
    id: conversationId,
    last,
  });
  return conversation.messages.nodes;
}
