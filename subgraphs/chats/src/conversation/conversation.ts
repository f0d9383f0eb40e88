/** A chat between two people, or of a group. */
export interface Conversation {
  readonly id: string;
  readonly kind: 'Direct' | 'Group';
  readonly name: string | null;
  readonly description: string | null;
  readonly createdById: string;
  /** Who takes part now. */
  readonly memberIds: readonly string[];
  /** Number of the newest message; 0 when there is none. */
  readonly messageNumber: number;
  /** Sequence of the newest lasting change. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly lastActivityAt: Date;
}

/** What a member may do. */
export type Role = 'Owner' | 'Admin' | 'Member';

/** A person in a conversation, now or formerly. */
export interface Member {
  readonly conversationId: string;
  readonly userId: string;
  readonly role: Role;
  readonly joinedAt: Date;
  /** They see messages numbered above this. */
  readonly joinedNumber: number;
  /** Sequence of the change by which they joined. */
  readonly joinedSequence: number;
  /** Null while they take part, like the last number they see and the sequence of the change by which they left. */
  readonly leftAt: Date | null;
  readonly leftNumber: number | null;
  readonly leftSequence: number | null;
  readonly lastReadNumber: number;
  /** Earlier stays, oldest first. */
  readonly earlierPeriods: readonly { readonly joinedNumber: number; readonly leftNumber: number }[];
}

/** A conversation as one person has it: they are or were a member. */
export interface ConversationView {
  readonly conversation: Conversation;
  readonly member: Member;
}

/** Place in the list of members. */
export interface MemberKey {
  readonly joinedSequence: number;
  readonly userId: string;
}

/** The order of the list of members. */
export const compareMemberKeys = (a: MemberKey, b: MemberKey): number =>
  a.joinedSequence - b.joinedSequence || (a.userId < b.userId ? -1 : Number(a.userId > b.userId));

/** A person in a conversation, named. */
export interface MemberRef {
  readonly conversationId: string;
  readonly userId: string;
}

/** How many people a group may have. */
export const MAX_GROUP_MEMBERS = 500;
