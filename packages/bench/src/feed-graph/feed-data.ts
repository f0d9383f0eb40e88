/**
 * The people, posts and talk behind the feed, made from their numbers: any of ten thousand ids costs nothing to keep,
 * and every process that asks sees the same.
 */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarUrl: string;
  readonly commentCount: number;
  readonly likesReceived: number;
}

/** A post; what is said and felt about it belongs to other subgraphs. */
export interface Post {
  readonly id: string;
  readonly text: string;
  readonly createdAt: string;
}

/** A comment under a post. */
export type Comment = Post;

/** Posts on one page of the feed. */
export const POSTS_PER_PAGE = 35;
/** Pages that differ from each other, so that requests under way at once rarely ask for the same. */
export const FEED_PAGES = 64;
/** Single posts that can be asked for. */
export const SINGLE_POSTS = 10_000;

const COMMENTS_PER_POST = 4;
const LIKES_PER_POST = 4;
/** People who talk on one page: each of them is met many times, as in any feed. */
const PEOPLE_PER_PAGE = 40;
const FIRST_DAY = Date.UTC(2025, 0, 1);

const SENTENCES = [
  'Went up the hill before breakfast, and the whole valley was under fog.',
  'Does anybody know a good place for noodles near the station?',
  'Third attempt at sourdough: it holds together and that is all I ask.',
  'The library has extended its hours, "finally", and nobody told us.',
  'We moved the garden table under the cherry tree; photos to follow – 🌸.',
];

const numberOf = (id: string) => Number(id.slice(1));
const textOf = (number: number) => `${SENTENCES[number % SENTENCES.length] ?? ''} (${number})`;
const timeOf = (number: number) => new Date(FIRST_DAY + number * 61_000).toISOString();

/** Somebody of the circle that a post belongs to. */
const member = (postId: string, offset: number): { readonly id: string } => {
  const number = numberOf(postId);
  const circle = Math.floor(number / POSTS_PER_PAGE);
  return { id: `u${circle * PEOPLE_PER_PAGE + ((number * 7 + offset * 3) % PEOPLE_PER_PAGE)}` };
};

/** The person with this id. */
export function personOf(id: string): Person {
  const number = numberOf(id);
  return {
    id,
    username: `person_${number}`,
    displayName: `Émile Person ${number}`,
    avatarUrl: `https://cdn.example.org/avatars/${number}.webp`,
    commentCount: number % 97,
    likesReceived: number % 389,
  };
}

/** Whom somebody is closest to: a neighbour in the same circle. */
export function closestFriendOf(id: string): { readonly id: string } {
  const number = numberOf(id);
  const circle = Math.floor(number / PEOPLE_PER_PAGE);
  return { id: `u${circle * PEOPLE_PER_PAGE + ((number + 11) % PEOPLE_PER_PAGE)}` };
}

/** The post with this id. */
export const postOf = (id: string): Post => ({ id, text: textOf(numberOf(id)), createdAt: timeOf(numberOf(id)) });

/** The posts of one page. */
export const feedOf = (page: number): readonly Post[] =>
  Array.from({ length: POSTS_PER_PAGE }, (_, at) => postOf(`p${page * POSTS_PER_PAGE + at}`));

/** Who wrote a post. */
export const authorOf = (postId: string): { readonly id: string } => member(postId, 0);

/** Every third post shares an earlier one of its page, or the one before the page. */
export function originalOf(postId: string): Post | null {
  const number = numberOf(postId);
  return number % 3 === 0 && number > 0 ? postOf(`p${number - 1}`) : null;
}

/** What was said under a post. */
export const commentsOf = (postId: string): readonly Comment[] =>
  Array.from({ length: COMMENTS_PER_POST }, (_, at) => {
    const number = numberOf(postId) * COMMENTS_PER_POST + at;
    return { id: `c${number}`, text: textOf(number), createdAt: timeOf(number) };
  });

/** Who wrote a comment. */
export function commentAuthorOf(commentId: string): { readonly id: string } {
  const number = numberOf(commentId);
  return member(`p${Math.floor(number / COMMENTS_PER_POST)}`, 1 + (number % COMMENTS_PER_POST));
}

/** Who liked a post, the last few. */
export const likesOf = (postId: string): readonly { readonly at: string; readonly person: { readonly id: string } }[] =>
  Array.from({ length: LIKES_PER_POST }, (_, at) => ({
    at: timeOf(numberOf(postId) * LIKES_PER_POST + at),
    person: member(postId, 5 + at),
  }));

/** Likes of a post or a comment, all of them. */
export const likeCountOf = (id: string): number => (numberOf(id) * 31) % 211;
