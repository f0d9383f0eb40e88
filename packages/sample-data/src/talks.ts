import type { Dice } from './dice.ts';
import type { SamplePerson } from './people.ts';
import { GROUPS, TALKS } from './phrases.ts';
import type { SampleRelations } from './relations.ts';

/** A message of a conversation. */
export interface SampleMessage {
  readonly author: number;
  readonly minutesAgo: number;
  readonly text: string;
}

/** A conversation, its messages oldest first. */
export interface SampleConversation {
  /** Absent between two. */
  readonly group?: { readonly name: string; readonly description: string };
  /** The first one opened it. */
  readonly members: readonly number[];
  readonly messages: readonly SampleMessage[];
}

const DAY = 24 * 60;

/** What the two of the tour said, oldest first: who says what, by their place in the list. */
const TOUR_TALK: ReadonlyArray<readonly [0 | 1, string]> = [
  [0, 'Did you see the tide table for Saturday?'],
  [1, 'Low water at seven. We could walk to the lighthouse.'],
  [0, 'I bring the thermos, you bring the map nobody can fold.'],
  [1, 'Deal. Tomás says he bakes the night before.'],
  [0, 'Then we leave when the bread is out of the oven.'],
];

function messagesOf(members: readonly number[], rounds: number, dice: Dice): SampleMessage[] {
  let minutesAgo = dice.between(2 * DAY, 50 * DAY);
  return Array.from({ length: rounds }, () => dice.pick(TALKS)).flatMap((talk) => {
    minutesAgo = Math.max(10, minutesAgo - dice.between(60, DAY));
    return talk.map((text, turn) => {
      minutesAgo = Math.max(1, minutesAgo - dice.between(1, 4));
      return { author: members[turn % members.length] ?? 0, minutesAgo, text };
    });
  });
}

/** The tour's own chats: a group of three, and the two, whose chat is the last that was written in. */
function tourConversations(): SampleConversation[] {
  const walk = ['Who has a spare torch?', 'Two here. And the bread, of course.', 'Then nothing can go wrong.'];
  return [
    {
      group: { name: 'Lighthouse walk', description: 'Saturday, low water at seven' },
      members: [0, 1, 2],
      messages: walk.map((text, turn) => ({ author: [0, 2, 1][turn] ?? 0, minutesAgo: 90 - turn * 7, text })),
    },
    {
      members: [0, 1],
      messages: TOUR_TALK.map(([author, text], turn) => ({ author, minutesAgo: 20 - turn * 3, text })),
    },
  ];
}

/** Conversations between friends: one in five is a group. The tour's are the last. */
export function sampleConversations(
  people: readonly SamplePerson[],
  { friendships }: SampleRelations,
  count: number,
  dice: Dice,
): SampleConversation[] {
  const friendsOf = Map.groupBy(
    friendships.flatMap(([a, b]) => [
      { person: a, friend: b },
      { person: b, friend: a },
    ]),
    ({ person }) => person,
  );
  const pairs = dice.pickSome(
    friendships.filter(([a, b]) => a > 1 || b > 1),
    count,
  );
  const others = pairs.slice(0, Math.max(0, count - 2)).map(([a, b], number): SampleConversation => {
    const friends = (friendsOf.get(a) ?? []).map(({ friend }) => friend).filter((friend) => friend !== b);
    if (number % 5 !== 0 || friends.length === 0)
      return { members: [a, b], messages: messagesOf([a, b], dice.between(1, 2), dice) };
    const [name, description] = dice.pick(GROUPS);
    const members = [a, b, ...dice.pickSome(friends, 4)];
    return { group: { name, description }, members, messages: messagesOf(members, dice.between(1, 3), dice) };
  });
  return people.length < 3 ? others : [...others, ...tourConversations()];
}
