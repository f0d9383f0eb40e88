import type { SubgraphConfig } from '@postbook/service-kit';
import { startFeedServer } from '../feed-graph/feed-server.ts';
import { composeSupergraph } from '../feed-graph/feed-supergraph.ts';
import { serveCommands } from '../processes/commands.ts';
import { people } from './chat-people.ts';
import { CHAT, chatSdl, createChatSubgraph } from './chat-subgraph.ts';
import { startOpenChat } from './open-chat.ts';

/** The chat subgraph, and people to join with, in one process. The argument says, as JSON, how and where. */

const { chat, peoplePort } = JSON.parse(process.argv[2] ?? '') as { chat: SubgraphConfig; peoplePort: number };
const subgraph = createChatSubgraph(chat);
const [{ url }, openUrl, peopleUrl] = await Promise.all([
  subgraph.start(),
  startOpenChat(subgraph.chat),
  startFeedServer(people, { port: peoplePort }),
]);
const chatUrl = `${url}/graphql`;

const supergraphOver = (address: string) =>
  composeSupergraph([
    { name: CHAT, sdl: chatSdl, url: address },
    { name: people.name, sdl: people.sdl, url: peopleUrl },
  ]);

const commands = {
  /** Where the subgraphs are, and their supergraph; another for gateways that don't sign. */
  graph: () => ({
    urls: { [CHAT]: chatUrl, [people.name]: peopleUrl },
    supergraph: supergraphOver(chatUrl),
    openSupergraph: supergraphOver(openUrl),
  }),
  head: ({ room }: { room: string }) => subgraph.chat.head(room),
  /** Sends as many messages as fast as Redis takes them. */
  async send({ room, text, count }: { room: string; text: string; count: number }) {
    await Promise.all(Array.from({ length: count }, () => subgraph.chat.send(room, text)));
  },
};

/** What the process of the chat can be told. */
export type ChatCommands = typeof commands;

serveCommands(commands, chatUrl);
