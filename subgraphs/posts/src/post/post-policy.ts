import { type AccountStatus, type EnforcedSettings, isAllowed, isReachable, type Relation } from '@postbook/people';
import type { Poll, Post } from './post.ts';

/** What a viewer is to a person. `blocked`: one of the two has blocked the other, whoever it was. */
export type Standing = 'self' | 'friend' | 'follower' | 'stranger' | 'blocked' | 'anonymous';

/** What decides about a person, as the viewer meets them. */
export interface PersonFacts {
  readonly standing: Standing;
  /** `Unknown`: there is no such person. Undefined: never told, so taken for active. */
  readonly status: AccountStatus | 'Unknown' | undefined;
  readonly settings: EnforcedSettings;
}

/** What the viewer is to the person. A block outweighs everything but oneself. */
export function standingTo(viewerId: string | undefined, personId: string, relation: Relation): Standing {
  if (viewerId === undefined) return 'anonymous';
  if (viewerId === personId) return 'self';
  if (relation.isBlocked) return 'blocked';
  if (relation.isFriend) return 'friend';
  return relation.isFollowing ? 'follower' : 'stranger';
}

const takesPart = ({ status }: PersonFacts): boolean => status !== 'Unknown' && isReachable(status);

/** Whether the viewer comes across the person: as who reacted, was mentioned, writes. */
export const mayMeet = (person: PersonFacts): boolean =>
  person.standing === 'self' || (person.standing !== 'blocked' && takesPart(person));

type Seen = Pick<Post, 'visibility' | 'audience' | 'isDeleted'>;

/**
 * Whether the viewer sees the post, wherever they come across it. A page that is private hides no post: it hides that
 * one finds posts there (see {@link mayFindPostsOf}).
 */
export function maySeePost(viewerId: string | undefined, post: Seen, author: PersonFacts): boolean {
  if (post.isDeleted) return false;
  if (author.standing === 'self') return true;
  if (!mayMeet(author)) return false;
  switch (post.visibility) {
    case 'Public':
      return true;
    case 'Friends':
      return author.standing === 'friend';
    case 'Private':
      return false;
    case 'Custom':
      return viewerId !== undefined && post.audience.includes(viewerId);
    default:
      return post.visibility satisfies never;
  }
}

/** Whether the viewer may comment on the post, react to it and vote in it: whoever is logged in and sees it. */
export const mayTakePart = (viewerId: string | undefined, post: Seen, author: PersonFacts): boolean =>
  viewerId !== undefined && maySeePost(viewerId, post, author);

/** Whether the viewer may edit or delete the post. */
export const mayChangePost = (viewerId: string, post: Pick<Post, 'authorId' | 'isDeleted'>): boolean =>
  viewerId === post.authorId && !post.isDeleted;

/** Whether votes are taken. */
export const isPollOpen = (poll: Poll, now: Date): boolean => poll.expiresAt === null || now < poll.expiresAt;

/**
 * Whether the viewer finds posts of the person by looking for the person or for words: on their page, how many there
 * are, in search. That follows who may see the page.
 */
export function mayFindPostsOf(person: PersonFacts): boolean {
  if (person.standing === 'self') return true;
  if (!mayMeet(person)) return false;
  switch (person.settings.profileVisibility) {
    case 'Public':
      return true;
    case 'Friends':
      return person.standing === 'friend';
    case 'Private':
      return false;
    default:
      return person.settings.profileVisibility satisfies never;
  }
}

/** Whether a post belongs into the viewer's home feed, given that they may see it. */
export const belongsInFeed = (author: PersonFacts, isFollowing: boolean): boolean =>
  author.standing === 'self' || isFollowing;

/**
 * Whether the viewer sees a comment on a post that they see. What an erased person wrote stays, as others answered it,
 * under nobody's name.
 */
export const maySeeComment = (author: PersonFacts): boolean => mayMeet(author) || author.status === 'Deleted';

/** Whether the viewer may delete a comment: its author, and the post's in their own house. */
export const mayDeleteComment = (
  viewerId: string,
  comment: { readonly authorId: string; readonly isDeleted: boolean },
  post: Pick<Post, 'authorId'>,
): boolean => !comment.isDeleted && (viewerId === comment.authorId || viewerId === post.authorId);

/** Whether an author's text may link to the person; otherwise the name is text like any other. */
export const mayMention = (person: PersonFacts): boolean =>
  person.standing === 'self' ||
  (mayMeet(person) && isAllowed(person.settings.allowMentions, person.standing === 'friend'));
