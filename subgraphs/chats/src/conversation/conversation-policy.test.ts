import { describe, expect, it } from 'vitest';
import type { Conversation, ConversationView, Member, Role } from './conversation.ts';
import {
  isPresent,
  lastVisibleNumber,
  mayAddMembers,
  mayLeave,
  maySeeNumber,
  otherOf,
  successorOf,
  visibleRanges,
} from './conversation-policy.ts';

const conversation = (change: Partial<Conversation> = {}): Conversation => ({
  id: 'f'.repeat(24),
  kind: 'Group',
  name: 'G',
  description: null,
  createdById: 'ada',
  memberIds: ['ada', 'bob'],
  messageNumber: 100,
  sequence: 120,
  createdAt: new Date(0),
  lastActivityAt: new Date(0),
  ...change,
});

const member = (change: Partial<Member> = {}): Member => ({
  conversationId: 'f'.repeat(24),
  userId: 'ada',
  role: 'Member',
  joinedAt: new Date(0),
  joinedNumber: 0,
  joinedSequence: 1,
  leftAt: null,
  leftNumber: null,
  leftSequence: null,
  lastReadNumber: 0,
  earlierPeriods: [],
  ...change,
});

const view = (memberChange: Partial<Member> = {}, change: Partial<Conversation> = {}): ConversationView => ({
  conversation: conversation(change),
  member: member(memberChange),
});

const left = { leftAt: new Date(0), leftNumber: 60, leftSequence: 70 };

describe('what a member sees', () => {
  it.each<[string, Partial<Member>, [number, number][]]>([
    ['a founder: everything', {}, [[1, 100]]],
    ['who joined later: what came after', { joinedNumber: 40 }, [[41, 100]]],
    ['who joined just now: nothing yet', { joinedNumber: 100 }, []],
    ['who left: up to then', left, [[1, 60]]],
    ['who joined later and left', { joinedNumber: 40, ...left }, [[41, 60]]],
    ['who left without a message in between', { joinedNumber: 60, ...left }, []],
    [
      'who came back: both stays',
      { joinedNumber: 80, earlierPeriods: [{ joinedNumber: 10, leftNumber: 30 }] },
      [
        [11, 30],
        [81, 100],
      ],
    ],
    [
      'who came back and left again',
      { joinedNumber: 50, ...left, earlierPeriods: [{ joinedNumber: 10, leftNumber: 30 }] },
      [
        [11, 30],
        [51, 60],
      ],
    ],
  ])('%s', (_who, change, ranges) => {
    const seen = view(change);
    expect(visibleRanges(seen).map(({ from, to }) => [from, to])).toEqual(ranges);
    for (let number = 0; number <= 101; number += 1) {
      const isInside = ranges.some(([from, to]) => from <= number && number <= to);
      expect(maySeeNumber(seen, number)).toBe(isInside);
    }
  });

  it('ends at the head, or where they left', () => {
    expect(lastVisibleNumber(view())).toBe(100);
    expect(lastVisibleNumber(view(left))).toBe(60);
    expect([isPresent(member()), isPresent(member(left))]).toEqual([true, false]);
  });
});

describe('what a member may do', () => {
  const cases = (['Direct', 'Group'] as const).flatMap((kind) =>
    (['Owner', 'Admin', 'Member'] as const).flatMap((role) =>
      [true, false].map((present): [Conversation['kind'], Role, boolean] => [kind, role, present]),
    ),
  );

  it.each(cases)('in a %s conversation as %s, present: %s', (kind, role, present) => {
    const as = view({ role, ...(present ? {} : left) }, { kind });
    expect(mayAddMembers(as)).toBe(kind === 'Group' && present && role !== 'Member');
    expect(mayLeave(as)).toBe(kind === 'Group' && present);
  });
});

describe('the other one', () => {
  it('is there in a chat between two only', () => {
    expect(otherOf(conversation({ kind: 'Direct' }), 'ada')).toBe('bob');
    expect(otherOf(conversation({ kind: 'Direct' }), 'bob')).toBe('ada');
    expect(otherOf(conversation(), 'ada')).toBeUndefined();
  });
});

describe('who succeeds an owner', () => {
  const old = member({ userId: 'old' });
  const young = member({ userId: 'young', joinedSequence: 9 });
  const admin = member({ userId: 'admin', role: 'Admin', joinedSequence: 8 });

  it.each<[string, Member[], string | undefined]>([
    ['the longest-serving admin', [old, admin, { ...young, role: 'Admin' }], 'admin'],
    ['the longest-serving member when there is no admin', [old, young], 'old'],
    ['nobody when nobody is left', [], undefined],
  ])('%s', (_who, remaining, expected) => {
    expect(successorOf(remaining)?.userId).toBe(expected);
  });
});
