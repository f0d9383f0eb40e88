import {
  createPlatform,
  createReplayableStream,
  createSubgraphServer,
  type JsonValue,
  type Platform,
  type RequestScope,
  type RunnableService,
  type SubgraphConfig,
} from '@postbook/service-kit';
import { parse } from 'graphql';
import { createRoom, type Room, type RoomMessage } from './room.ts';

/** Name of the subgraph in the supergraph. */
export const CHAT = 'chat';

/** What the chat subgraph offers: one live field with a cursor, and a way to send. */
export const chatSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { head(room: ID!): String! messages(room: ID!, last: Int!): [Message!]! }
  type Mutation { send(room: ID!, text: String!): Message! }
  type Subscription { messageSent(room: ID!, after: String): MessageEvent! }
  type MessageEvent { cursor: String! message: Message! }
  type Message @key(fields: "id") { id: ID! text: String! sentAt: Float! sender: Person! }
  type Person @key(fields: "id", resolvable: false) { id: ID! }`;

/** Rooms by name, and what it takes to tell those who listen. */
export interface ChatService {
  head(room: string): number;
  send(room: string, text: string): Promise<RoomMessage>;
  last(room: string, count: number): readonly RoomMessage[];
  listen(room: string, after: string | null | undefined): AsyncIterableIterator<RoomMessage, undefined>;
}

const topicOf = (room: string) => `bench:room:${room}`;

function createChatService({ live, log }: Platform): ChatService {
  const rooms = new Map<string, Room>();
  const roomOf = (name: string) => {
    const room = rooms.get(name) ?? createRoom();
    rooms.set(name, room);
    return room;
  };
  return {
    head: (room) => roomOf(room).head,
    async send(room, text) {
      const message = roomOf(room).append(text);
      await live.publish(topicOf(room), { ...message } satisfies JsonValue);
      return message;
    },
    last: (room, count) => roomOf(room).readAfter(roomOf(room).head - count, count),
    listen: (room, after) =>
      createReplayableStream<RoomMessage>({
        topics: live,
        topic: topicOf(room),
        fromMessage: (message) => message as RoomMessage,
        cursorOf: ({ number }) => number,
        readAfter: async (cursor, limit) => roomOf(room).readAfter(cursor, limit),
        headOf: async () => roomOf(room).head,
        after: after == null ? undefined : Number(after),
        log,
      }),
  };
}

/** The resolvers, over whatever keeps the rooms. */
export const chatResolvers = (chat: ChatService) => ({
  Query: {
    head: (_: unknown, { room }: { room: string }) => String(chat.head(room)),
    messages: (_: unknown, { room, last }: { room: string; last: number }) => chat.last(room, last),
  },
  Mutation: { send: (_: unknown, { room, text }: { room: string; text: string }) => chat.send(room, text) },
  Subscription: {
    messageSent: {
      subscribe: (_: unknown, { room, after }: { room: string; after?: string | null }) => chat.listen(room, after),
      resolve: (message: RoomMessage) => message,
    },
  },
  MessageEvent: {
    cursor: ({ number }: RoomMessage) => String(number),
    message: (message: RoomMessage) => message,
  },
  Message: {
    id: ({ number }: RoomMessage) => `m${number}`,
    sender: ({ senderId }: RoomMessage) => ({ id: senderId }),
  },
});

/** A chat subgraph made with the kit that PostBook's own are made with. */
export interface ChatSubgraph extends RunnableService {
  readonly chat: ChatService;
}

/** Puts it together; nothing runs before `start`. */
export function createChatSubgraph(config: SubgraphConfig): ChatSubgraph {
  const platform = createPlatform(CHAT, config);
  const chat = createChatService(platform);
  const server = createSubgraphServer<RequestScope>({
    name: CHAT,
    config,
    platform,
    typeDefs: parse(chatSdl),
    resolvers: chatResolvers(chat),
    createContext: (scope) => scope,
    components: [],
  });
  return { ...server, chat };
}
