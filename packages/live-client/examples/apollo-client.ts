import { ApolloClient, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createLiveClient, type LiveClientOptions } from '@postbook/live-client';

/** Apollo Client whose subscriptions go on from their last cursor. Queries and mutations want an `HttpLink` beside it. */
export function createClient(options: LiveClientOptions) {
  const live = createLiveClient(options);
  const client = new ApolloClient({ link: new GraphQLWsLink(live), cache: new InMemoryCache() });
  return { client, dispose: () => live.dispose() };
}
