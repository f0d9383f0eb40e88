import { type GraphCall, resultOf } from './graph-client.ts';
import type { LoggedIn } from './log-in.ts';

const ERRORS = 'errors { code message path }';
type Errors = { errors: { code: string; message: string }[] };
type Opened = Errors & { conversation: { id: string } };

/** The chat between two people. */
export async function openDirect(call: GraphCall, me: LoggedIn, other: LoggedIn): Promise<string> {
  const { openDirectConversation } = await call<{ openDirectConversation: Opened }>(
    `mutation Open($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } ${ERRORS} } }`,
    { input: { userId: other.userId } },
    me.token,
  );
  return resultOf(openDirectConversation).conversation.id;
}

/** Sends a message; the same `key` sends it once. */
export async function send(
  call: GraphCall,
  sender: LoggedIn,
  message: { conversationId: string; content: string; key: string },
): Promise<number> {
  const { sendMessage } = await call<{ sendMessage: Errors & { message: { number: number } } }>(
    `mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { message { number } ${ERRORS} } }`,
    { input: { conversationId: message.conversationId, content: message.content, clientMessageId: message.key } },
    sender.token,
  );
  return resultOf(sendMessage).message.number;
}
