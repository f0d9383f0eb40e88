import type { Conversation, ConversationView, Member } from './conversation.ts';

/** Numbers of messages, both ends included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** Whether the person takes part now. */
export const isPresent = (member: Member): boolean => member.leftSequence === null;

/** The last message that the member may see: the head, or where they left. */
export const lastVisibleNumber = ({ conversation, member }: ConversationView): number =>
  member.leftNumber ?? conversation.messageNumber;

/** What the member may see of the messages, oldest first: from each joining to the leaving after it, or to the head. */
export function visibleRanges(view: ConversationView): NumberRange[] {
  const { member } = view;
  return [...member.earlierPeriods, { joinedNumber: member.joinedNumber, leftNumber: lastVisibleNumber(view) }]
    .map(({ joinedNumber, leftNumber }) => ({ from: joinedNumber + 1, to: leftNumber }))
    .filter(({ from, to }) => from <= to);
}

/** Whether the member may see the message of this number. */
export const maySeeNumber = (view: ConversationView, number: number): boolean =>
  visibleRanges(view).some(({ from, to }) => from <= number && number <= to);

/** Whether the member may add people. */
export const mayAddMembers = ({ conversation, member }: ConversationView): boolean =>
  conversation.kind === 'Group' && isPresent(member) && (member.role === 'Owner' || member.role === 'Admin');

/** Whether the member may leave. A chat between two is for both for ever; who wants no more of it blocks the other. */
export const mayLeave = ({ conversation, member }: ConversationView): boolean =>
  conversation.kind === 'Group' && isPresent(member);

/** The other person of a chat between two; undefined for groups. */
export const otherOf = (conversation: Conversation, viewerId: string): string | undefined =>
  conversation.kind === 'Direct' ? conversation.memberIds.find((id) => id !== viewerId) : undefined;

/**
 * Who becomes the owner when the owner leaves: the longest-serving admin, else the longest-serving member.
 *
 * @param remaining those who stay, in the order of joining.
 */
export const successorOf = (remaining: readonly Member[]): Member | undefined =>
  remaining.find(({ role }) => role === 'Admin') ?? remaining[0];
