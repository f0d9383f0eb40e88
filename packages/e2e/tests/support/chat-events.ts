/** All that happens in a conversation, each message joined with its sender's profile from the other subgraph. */
export const CONVERSATION_EVENTS = `
  subscription ($id: ID!, $after: String) {
    conversationEvents(conversationId: $id, after: $after) {
      __typename
      cursor
      ... on MessageSentEvent {
        message { number content sender { id username displayName profile { tagline statistics { friendsCount } } } }
      }
    }
  }
`;

/** An event of {@link CONVERSATION_EVENTS}. */
export interface ConversationEvents {
  readonly conversationEvents: {
    readonly __typename: string;
    readonly cursor: string;
    readonly message?: {
      readonly number: number;
      readonly content: string;
      readonly sender: {
        readonly id: string;
        readonly username: string;
        readonly displayName: string;
        readonly profile: {
          readonly tagline: string | null;
          readonly statistics: { readonly friendsCount: number };
        } | null;
      };
    };
  };
}
