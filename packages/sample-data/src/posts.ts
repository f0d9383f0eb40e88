import type { Dice } from './dice.ts';
import type { Interest } from './interests.ts';
import { CITIES } from './names.ts';
import type { SamplePerson } from './people.ts';
import { COMMENTS, REPLIES } from './phrases.ts';
import type { SampleRelations } from './relations.ts';

/** Kinds of reactions. */
export type SampleReaction = 'Like' | 'Love' | 'Haha' | 'Wow' | 'Sad' | 'Angry';

/** A comment and its answer. */
export interface SampleComment {
  readonly author: number;
  readonly minutesAgo: number;
  readonly text: string;
  /** The author of the post answers. */
  readonly reply?: { readonly minutesAgo: number; readonly text: string };
}

/** A post with all that hangs on it. Whoever comments, reacts or votes may see it. */
export interface SamplePost {
  readonly author: number;
  readonly minutesAgo: number;
  readonly text: string;
  readonly visibility: 'Public' | 'Friends';
  /** Seed of the picture to draw. */
  readonly picture?: string;
  readonly poll?: {
    readonly question: string;
    readonly options: readonly string[];
    readonly votes: readonly (readonly [number, number])[];
  };
  readonly comments: readonly SampleComment[];
  readonly reactions: readonly (readonly [person: number, kind: SampleReaction])[];
}

const DAY = 24 * 60;
/** The oldest post, in days. Younger than anybody's account. */
const OLDEST_DAYS = 60;

const KINDS: readonly SampleReaction[] = ['Like', 'Like', 'Like', 'Like', 'Love', 'Love', 'Haha', 'Wow', 'Sad'];

/** Who may see what a person writes. */
interface Audience {
  readonly friends: readonly number[];
  /** Everybody who hears of them: friends, followers, and a stranger or two. */
  readonly all: readonly number[];
}

function audiences(people: readonly SamplePerson[], relations: SampleRelations): Audience[] {
  const friends = people.map((): number[] => []);
  const followers = people.map((): number[] => []);
  const hidden = new Set(relations.blocks.flatMap(([a, b]) => [`${a}:${b}`, `${b}:${a}`]));
  for (const [a, b] of relations.friendships) {
    friends[a]?.push(b);
    friends[b]?.push(a);
  }
  for (const [follower, star] of relations.follows) followers[star]?.push(follower);
  return people.map(({ index }) => {
    const near = friends[index] ?? [];
    const strangers = [(index * 7 + 5) % people.length, (index * 13 + 11) % people.length];
    const all = [...new Set([...near, ...(followers[index] ?? []), ...strangers])];
    return { friends: near, all: all.filter((other) => other !== index && !hidden.has(`${index}:${other}`)) };
  });
}

function textOf(interest: Interest, friend: SamplePerson | undefined, dice: Dice): string {
  const text = dice
    .pick(interest.posts)
    .replaceAll('{thing}', dice.pick(interest.things))
    .replaceAll('{place}', dice.pick(CITIES)[0])
    .replaceAll('{number}', String(dice.between(3, 60)))
    .replaceAll('{friend}', friend ? `@${friend.username}` : 'everybody');
  return dice.chance(45) ? `${text} #${interest.tag}` : text;
}

/** Later than `minutesAgo`, by up to a day, and not in the future. */
const after = (minutesAgo: number, dice: Dice): number =>
  Math.max(0, minutesAgo - dice.between(1, Math.min(DAY, minutesAgo + 1)));

function commentsOf(readers: readonly number[], minutesAgo: number, dice: Dice): SampleComment[] {
  return dice.pickSome(readers, dice.pick([0, 0, 0, 1])).map((author) => {
    const at = after(minutesAgo, dice);
    const comment = { author, minutesAgo: at, text: dice.pick(COMMENTS) };
    return dice.chance(20) ? { ...comment, reply: { minutesAgo: after(at, dice), text: dice.pick(REPLIES) } } : comment;
  });
}

function pollOf(interest: Interest, readers: readonly number[], dice: Dice): NonNullable<SamplePost['poll']> {
  const [question, ...options] = dice.pick(interest.polls);
  const votes = dice.pickSome(readers, 4).map((person) => [person, dice.between(0, options.length - 1)] as const);
  return { question, options, votes };
}

/** Posts of two months, oldest first: a few write most, as everywhere. */
export function samplePosts(
  people: readonly SamplePerson[],
  relations: SampleRelations,
  count: number,
  dice: Dice,
): SamplePost[] {
  const audience = audiences(people, relations);
  const posts = Array.from({ length: count }, (_, number): SamplePost => {
    // Squared: the first in the list write more than the last.
    const author = Math.floor(dice.roll() ** 2 * people.length);
    const { friends = [], all = [] } = audience[author] ?? {};
    const interest = dice.pick(people[author]?.interests ?? []);
    const minutesAgo = dice.between(30, OLDEST_DAYS * DAY);
    const visibility = dice.chance(75) ? 'Public' : 'Friends';
    const readers = visibility === 'Public' ? all : friends;
    const friend = friends.length > 0 ? people[dice.pick(friends)] : undefined;
    const isPoll = number % 33 === 7;
    return {
      author,
      minutesAgo,
      text: textOf(interest, friend, dice),
      visibility,
      ...(number % 50 === 3 && !isPoll ? { picture: `picture ${people.length} ${number} ${interest.tag}` } : {}),
      ...(isPoll ? { poll: pollOf(interest, readers, dice) } : {}),
      comments: commentsOf(readers, minutesAgo, dice),
      reactions: dice.pickSome(readers, dice.pick([0, 0, 1])).map((person) => [person, dice.pick(KINDS)] as const),
    };
  });
  return posts.sort((a, b) => b.minutesAgo - a.minutesAgo);
}
