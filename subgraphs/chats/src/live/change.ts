/** A lasting change of a conversation, as `conversation_events` holds it: ids, no text. */
export type Change =
  | { readonly kind: 'Created'; readonly conversationId: string; readonly sequence: number }
  | {
      readonly kind: 'MessageSent';
      readonly conversationId: string;
      readonly sequence: number;
      readonly messageId: string;
    }
  | {
      readonly kind: 'MemberJoined' | 'MemberLeft';
      readonly conversationId: string;
      readonly sequence: number;
      readonly userId: string;
    };

/** Somebody moved their watermark. Told live, never stored as a change. */
export interface ReadMark {
  readonly kind: 'MessagesRead';
  readonly conversationId: string;
  readonly userId: string;
  readonly lastReadNumber: number;
  /** The last change when they read: told after it. */
  readonly sequence: number;
}
