import {
  attachToTopic,
  createPlatform,
  createReplayableStream,
  createSubgraphServer,
  ForbiddenError,
  type JsonValue,
  type LiveStream,
  openLive,
  type Platform,
  type ReplayableStream,
  type RequestScope,
  type RunnableService,
  type SubgraphConfig,
  watchAccess,
  withLivePositions,
} from '@postbook/service-kit';
import { parse } from 'graphql';
import { createRoom, type Room, type RoomMessage } from './room.ts';
import { SEEN_ALIKE } from './seen-alike.ts';

/** Name of the subgraph in the supergraph. */
export const CHAT = 'chat';

/** What the chat subgraph offers: one live field with a cursor, and a way to send. */
export const chatSdl = `${SEEN_ALIKE}
  type Query { head(room: ID!): String! messages(room: ID!, last: Int!): [Message!]! }
  type Mutation { send(room: ID!, text: String!): Message! }
  type Subscription { messageSent(room: ID!, after: String): MessageEvent! @seenAlike }
  type MessageEvent @seenAlike { cursor: String! message: Message! }
  type Message @key(fields: "id") @seenAlike { id: ID! text: String! sentAt: Float! sender: Person! }
  type Person @key(fields: "id", resolvable: false) { id: ID! }`;

/** Rooms by name, and what it takes to tell those who listen. */
export interface ChatService {
  head(room: string): number;
  send(room: string, text: string): Promise<RoomMessage>;
  last(room: string, count: number): readonly RoomMessage[];
  /** For one listener, by itself. */
  listen(room: string, after: string | null | undefined): ReplayableStream<RoomMessage>;
  /** For one listener, up to the topic. */
  attach(room: string, after: string | null | undefined): LiveStream<RoomMessage>;
  /** For all who are attached. */
  topic(room: string, after: number): LiveStream<RoomMessage>;
}

const ACCESS_CHECK_MS = 15_000;

const livePosition = ({ number }: RoomMessage) => number;
const numberOf = (cursor: string | null | undefined) => (cursor == null ? undefined : Number(cursor));
const topicOf = (room: string) => `bench:room:${room}`;

function createChatService({ live, log }: Platform): ChatService {
  const rooms = new Map<string, Room>();
  const roomOf = (name: string) => {
    const room = rooms.get(name) ?? createRoom();
    rooms.set(name, room);
    return room;
  };
  const streamOf = (room: string, after: number | undefined, onCaughtUp?: (cursor: number) => void) =>
    createReplayableStream<RoomMessage>({
      topics: live,
      topic: topicOf(room),
      fromMessage: (message) => message as RoomMessage,
      cursorOf: livePosition,
      readAfter: async (cursor, limit) => roomOf(room).readAfter(cursor, limit),
      headOf: async () => roomOf(room).head,
      after,
      onCaughtUp,
      log,
    });

  /** Rights are watched as in a real subgraph, though nobody loses any. */
  const everybodyMayListen = (room: string) => ({
    topics: live,
    topic: topicOf(room),
    concerns: () => false,
    check: async () => undefined,
    isRefusal: (error: unknown) => error instanceof ForbiddenError,
    checkMs: ACCESS_CHECK_MS,
    log,
  });

  return {
    head: (room) => roomOf(room).head,
    async send(room, text) {
      const message = roomOf(room).append(text);
      await live.publish(topicOf(room), { ...message } satisfies JsonValue);
      return message;
    },
    last: (room, count) => roomOf(room).readAfter(roomOf(room).head - count, count),
    listen: (room, after) => streamOf(room, numberOf(after)),
    attach: (room, after) =>
      attachToTopic({
        replay: (onCaughtUp) => streamOf(room, numberOf(after), onCaughtUp),
        watch: (onRefused) => watchAccess({ ...everybodyMayListen(room), onRefused }),
        livePosition,
        noticeAt: (position) => ({ position, topic: topicOf(room), cursor: String(position) }),
      }),
    topic: (room, after) => withLivePositions(streamOf(room, after), livePosition),
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
      subscribe: (_: unknown, { room, after }: { room: string; after?: string | null }, scope: RequestScope) =>
        openLive<RoomMessage>(scope, {
          own: async () => chat.listen(room, after),
          attach: async () => chat.attach(room, after),
          topic: async (_topic, position) => chat.topic(room, position),
        }),
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
