// What stands behind each type of the graph: the parents that resolvers get.
import type { StreamEvent } from './live/conversation-stream.ts';

export type {
  ConversationView as ConversationModel,
  Member as ConversationMemberModel,
} from './conversation/conversation.ts';
export type { Message as MessageModel } from './message/message.ts';

/** A person: the rest is answered by the directory. */
export interface UserModel {
  readonly id: string;
}

/** A file: the rest is answered by media. */
export interface MediaModel {
  readonly id: string;
}

/** Something that happened in a conversation, as a stream tells it. */
export type ConversationEventModel = StreamEvent;

type Told<Kind extends StreamEvent['event']['kind']> = StreamEvent & {
  readonly event: Extract<StreamEvent['event'], { readonly kind: Kind }>;
};

export type MessageSentEventModel = Told<'MessageSent'>;
export type MessagesReadEventModel = Told<'MessagesRead'>;
type MembershipEvent = StreamEvent & {
  readonly event: Extract<StreamEvent['event'], { readonly kind: 'MemberJoined' | 'MemberLeft' }>;
};
export type MemberJoinedEventModel = MembershipEvent;
export type MemberLeftEventModel = MembershipEvent;
