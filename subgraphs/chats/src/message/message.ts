/** A message in a conversation. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  readonly senderId: string;
  readonly kind: 'Text' | 'Media' | 'System';
  /** Of a message with files their caption, which may be empty. */
  readonly content: string;
  /** Files that hang on it, in order: ids of media. */
  readonly mediaIds: readonly string[];
  /** The id the sender's device gave it; for the sender only. */
  readonly clientMessageId: string | null;
  readonly createdAt: Date;
}

/** A message to send, checked. */
export interface Draft {
  readonly senderId: string;
  readonly content: string;
  readonly mediaIds: readonly string[];
  readonly request?: { readonly clientMessageId: string; readonly requestHash: string } | undefined;
  /** Of the request that sends it: a batch has several. */
  readonly traceparent?: string | undefined;
}

/** A place in a conversation's history. */
export interface MessageRef {
  readonly conversationId: string;
  readonly number: number;
}
