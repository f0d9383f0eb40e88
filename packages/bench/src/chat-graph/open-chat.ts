import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { type ChatService, chatResolvers, chatSdl } from './chat-subgraph.ts';

/**
 * The same chat for gateways that can't sign who asks: anybody may listen. Subscriptions alone, over graphql-transport-ws.
 *
 * @returns its address.
 */
export async function startOpenChat(chat: ChatService): Promise<string> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(chatSdl), resolvers: chatResolvers(chat) }]);
  const server = createServer((_request, response) => response.writeHead(404).end());
  useServer(
    { schema, context: () => ({}) },
    new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false }),
    0,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
