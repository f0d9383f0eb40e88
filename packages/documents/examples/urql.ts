import { FriendsDocument, SendMessageDocument, type UserErrorCode } from '@postbook/documents';
import { Client, cacheExchange, fetchExchange } from '@urql/core';

/** A client of the graph on behalf of whoever the access token belongs to. */
export const createClient = (url: string, accessToken: string) =>
  new Client({
    url,
    preferGetMethod: false,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { authorization: `Bearer ${accessToken}` } },
  });

/** Names of a person's friends, the newest ten. Variables and result have the operation's types. */
export async function friendNames(client: Client, username: string): Promise<string[]> {
  const { data, error } = await client.query(FriendsDocument, { username, first: 10 });
  if (error) throw error;
  const friends = data?.userByUsername?.friends?.nodes ?? [];
  return friends.map((person) => person.displayName ?? person.username);
}

/** Sends a message. What the person can mend comes as codes, and what went wrong otherwise is thrown. */
export async function sendMessage(
  client: Client,
  conversationId: string,
  content: string,
): Promise<{ readonly number: number | undefined; readonly errors: readonly UserErrorCode[] }> {
  // Made once for each message: a retry with the same id never sends it twice.
  const clientMessageId = crypto.randomUUID();
  const { data, error } = await client.mutation(SendMessageDocument, {
    input: { conversationId, content, clientMessageId },
  });
  if (error) throw error;
  const payload = data?.sendMessage;
  return { number: payload?.message?.number, errors: payload?.errors.map(({ code }) => code) ?? [] };
}
