import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { FriendsDocument, possibleTypes, SendMessageDocument, type UserErrorCode } from '@postbook/documents';

/** A client of the graph on behalf of whoever the access token belongs to. */
export const createClient = (url: string, accessToken: string) =>
  new ApolloClient({
    link: new HttpLink({ uri: url, headers: { authorization: `Bearer ${accessToken}` } }),
    cache: new InMemoryCache({ possibleTypes }),
  });

/** Names of a person's friends, the newest ten. Variables and result have the operation's types. */
export async function friendNames(client: ApolloClient, username: string): Promise<string[]> {
  const { data } = await client.query({ query: FriendsDocument, variables: { username, first: 10 } });
  const friends = data?.userByUsername?.friends?.nodes ?? [];
  return friends.map((person) => person.displayName ?? person.username);
}

/** Sends a message. What the person can mend comes as codes, and what went wrong otherwise is thrown. */
export async function sendMessage(
  client: ApolloClient,
  conversationId: string,
  content: string,
): Promise<{ readonly number: number | undefined; readonly errors: readonly UserErrorCode[] }> {
  // Made once for each message: a retry with the same id never sends it twice.
  const clientMessageId = crypto.randomUUID();
  const { data } = await client.mutate({
    mutation: SendMessageDocument,
    variables: { input: { conversationId, content, clientMessageId } },
  });
  const payload = data?.sendMessage;
  return { number: payload?.message?.number, errors: payload?.errors.map(({ code }) => code) ?? [] };
}
