/** The texts there are. Stored with notifications: a key may be added, never renamed. */
export const TEMPLATE_KEYS = [
  'FriendRequest',
  'FriendAccepted',
  'Follow',
  'ProfileView',
  'LikePost',
  'LikeComment',
  'LikeMessage',
  'LikeOther',
  'Comment',
  'CommentReply',
  'MentionPost',
  'MentionComment',
  'MentionOther',
  'Share',
  'Message',
  'GroupAdded',
  'SecurityTokenReuse',
  'SecurityPasswordChanged',
] as const;

/** One of {@link TEMPLATE_KEYS}. */
export type TemplateKey = (typeof TEMPLATE_KEYS)[number];

/** What a text is made from. */
export interface TextInput {
  /** Who did it, as the language joins names; empty for notices of the network itself. */
  readonly who: string;
  /** How many things are told together. */
  readonly count: number;
}

/** A heading and a sentence. */
export interface Template {
  readonly title: string;
  text(input: TextInput): string;
}

/** All texts in one language. Adding one is a file like `english.ts` and a line in `render.ts`. */
export interface Catalogue {
  readonly templates: Readonly<Record<TemplateKey, Template>>;
  /** For a text that a newer build has stored. */
  readonly unknown: Template;
  /** Joins up to two names and a number of others. */
  people(names: readonly string[], others: number): string;
}
