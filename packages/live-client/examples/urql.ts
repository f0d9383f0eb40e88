import { createLiveClient, type LiveClientOptions } from '@postbook/live-client';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';

/** urql whose subscriptions go on from their last cursor. */
export function createClient(url: string, options: LiveClientOptions) {
  const live = createLiveClient(options);
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe(sink) {
            const next: Parameters<typeof live.subscribe>[1]['next'] = ({ data = null, ...rest }) =>
              sink.next({ data, ...rest } as Parameters<typeof sink.next>[0]);
            return { unsubscribe: live.subscribe({ query, variables: { ...variables } }, { ...sink, next }) };
          },
        }),
      }),
    ],
  });
  return { client, dispose: () => live.dispose() };
}
