import { createEvent } from '@postbook/events';
import {
  currentRequestTrace,
  done,
  type MongoTransaction,
  type Outcome,
  refused,
  type Transactor,
  userError,
} from '@postbook/service-kit';
import type { ChangeLog } from '../live/change-log.ts';
import type { Contacts } from '../people/contacts.ts';
import { type Conversation, type ConversationView, MAX_GROUP_MEMBERS, type Member } from './conversation.ts';
import type { ConversationAccess } from './conversation-access.ts';
import { isPresent, mayAddMembers, mayLeave, successorOf } from './conversation-policy.ts';
import type { ConversationRepository } from './conversation-repository.ts';
import { contactError } from './conversation-service.ts';
import { checkPeople, othersAmong, parseUserId } from './group-input.ts';
import type { MemberRepository } from './member-repository.ts';

/** What {@link createMembershipService} needs. */
export interface MembershipServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly access: ConversationAccess;
  readonly contacts: Contacts;
  readonly conversations: ConversationRepository;
  readonly members: MemberRepository;
  readonly changeLog: ChangeLog;
}

const noConversation = () =>
  refused(userError('NOT_FOUND', 'You have no conversation with this id.', 'conversationId'));
const notAllowed = (message: string) => refused(userError('NOT_ALLOWED', message, 'conversationId'));

const joined = (conversation: Conversation, userId: string, addedById: string, sequence: number) => ({
  change: { kind: 'MemberJoined', conversationId: conversation.id, sequence, userId } as const,
  event: createEvent({
    type: 'MemberJoined',
    aggregateId: conversation.id,
    version: sequence,
    traceparent: currentRequestTrace()?.traceparent,
    payload: { conversationId: conversation.id, sequence, userId, addedById, role: 'Member' },
  }),
});

const left = (conversation: Conversation, userId: string) => ({
  change: { kind: 'MemberLeft', conversationId: conversation.id, sequence: conversation.sequence, userId } as const,
  event: createEvent({
    type: 'MemberLeft',
    aggregateId: conversation.id,
    version: conversation.sequence,
    traceparent: currentRequestTrace()?.traceparent,
    payload: {
      conversationId: conversation.id,
      sequence: conversation.sequence,
      userId,
      removedById: null,
      lastMessageNumber: conversation.messageNumber,
    },
  }),
});

/** Brings people into groups and lets them go. */
export function createMembershipService(options: MembershipServiceOptions) {
  const { transactor, access, contacts, conversations, members, changeLog } = options;

  /** The adder as the transaction sees them: they may have left or lost their role meanwhile. */
  async function viewIn(tx: MongoTransaction, { conversation, member }: ConversationView) {
    const [now] = await conversations.byIds([conversation.id], tx);
    const [self] = await members.among(tx, conversation.id, [member.userId]);
    return now && self ? { conversation: now, member: self } : undefined;
  }

  /** Adds those who aren't members. Everybody sees what is sent from now on. */
  async function add(tx: MongoTransaction, view: ConversationView, userIds: readonly string[]): Promise<void> {
    const at = new Date();
    const known = new Map<string, Member>();
    for (const member of await members.among(tx, view.conversation.id, userIds)) known.set(member.userId, member);
    const adding = userIds.filter((userId) => !view.conversation.memberIds.includes(userId));
    if (adding.length === 0) return;
    const by = { messages: 0, changes: adding.length, at, addMemberIds: adding };
    const conversation = await conversations.advance(tx, view.conversation.id, by);
    if (!conversation) throw new Error(`conversation ${view.conversation.id} is gone`);
    const people = adding.map((userId, index) => ({
      userId,
      role: 'Member' as const,
      joinedNumber: conversation.messageNumber,
      joinedSequence: conversation.sequence - adding.length + index + 1,
      joinedAt: at,
    }));
    await members.insert(
      tx,
      conversation.id,
      people.filter(({ userId }) => !known.has(userId)),
    );
    for (const person of people) {
      const former = known.get(person.userId);
      if (former) await members.rejoin(tx, former, person);
    }
    const logged = people.map(({ userId, joinedSequence }) =>
      joined(conversation, userId, view.member.userId, joinedSequence),
    );
    await changeLog.append(tx, logged, at);
  }

  /** Ends the membership and hands an owner's role on. */
  async function remove(tx: MongoTransaction, { conversation: before, member }: ConversationView): Promise<void> {
    const at = new Date();
    const by = { messages: 0, changes: 1, at, removeMemberId: member.userId };
    const conversation = await conversations.advance(tx, before.id, by);
    if (!conversation) throw new Error(`conversation ${before.id} is gone`);
    const { sequence, messageNumber } = conversation;
    await members.leave(tx, member, { date: at, number: messageNumber, sequence });
    if (member.role === 'Owner') {
      const successor = successorOf(await members.present(tx, before.id));
      if (successor) await members.setRole(tx, successor, 'Owner');
    }
    await changeLog.append(tx, [left(conversation, member.userId)], at);
  }

  return {
    /** Adds people to a group; those who are in it already stay as they are. @throws UnavailableError */
    async addMembers(
      viewerId: string,
      input: { readonly conversationId: string; readonly userIds: readonly string[] },
    ): Promise<Outcome<ConversationView>> {
      const mistakes = checkPeople(input.userIds, 'userIds');
      if (mistakes.length > 0) return refused(...mistakes);
      const view = await access.view(viewerId, input.conversationId);
      if (!view || !isPresent(view.member)) return noConversation();
      if (!mayAddMembers(view)) return notAllowed('Only the owner and admins of a group can add people.');

      const userIds = othersAmong(viewerId, input.userIds);
      const missing = userIds.filter((userId) => !view.conversation.memberIds.includes(userId));
      const reach = await contacts.toReach(viewerId, missing);
      const unreachable = input.userIds.flatMap((id, index) => {
        const userId = parseUserId(id) ?? id;
        return missing.includes(userId) ? (contactError(reach.get(userId), 'userIds', index) ?? []) : [];
      });
      if (unreachable.length > 0) return refused(...unreachable);

      const result = await transactor.run(async (tx) => {
        const now = await viewIn(tx, view);
        if (!now || !mayAddMembers(now)) return notAllowed('Only the owner and admins of a group can add people.');
        const size = new Set([...now.conversation.memberIds, ...missing]).size;
        if (size > MAX_GROUP_MEMBERS) {
          return refused(userError('TOO_LONG', `A group has at most ${MAX_GROUP_MEMBERS} members.`, 'userIds'));
        }
        await add(tx, now, missing);
        return undefined;
      });
      if (result) return result;
      const after = await access.view(viewerId, view.conversation.id);
      return after ? done(after) : noConversation();
    },

    /** Leaves a group. Leaving again is no mistake: it is so already. */
    async leave(viewerId: string, conversationId: string): Promise<Outcome<string>> {
      const view = await access.view(viewerId, conversationId);
      if (!view) return noConversation();
      if (!isPresent(view.member)) return done(view.conversation.id);
      if (!mayLeave(view)) return notAllowed('A chat between two can’t be left. Block the other person instead.');
      await transactor.run(async (tx) => {
        const now = await viewIn(tx, view);
        if (now && mayLeave(now)) await remove(tx, now);
      });
      return done(view.conversation.id);
    },
  };
}

/** What {@link createMembershipService} returns. */
export type MembershipService = ReturnType<typeof createMembershipService>;
