import {
  done,
  type MongoTransaction,
  type Outcome,
  refused,
  type UserErrorValue,
  userError,
} from '@postbook/service-kit';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { Poll, Post, PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import { isPollOpen, mayTakePart } from '../post/post-policy.ts';
import type { PostRepository } from '../post/post-repository.ts';
import { noPost } from '../post/post-service.ts';
import type { EntityTransactor } from '../transactions/entity-transactor.ts';
import type { VoteRepository } from './vote-repository.ts';

/** What {@link createVoteService} needs. */
export interface VoteServiceOptions {
  readonly transactor: EntityTransactor;
  readonly access: PostAccess;
  readonly posts: PostRepository;
  readonly votes: VoteRepository;
  readonly now: () => Date;
}

function mistakeIn(poll: Poll, optionIds: readonly string[], now: Date): UserErrorValue | undefined {
  if (!isPollOpen(poll, now)) return userError('EXPIRED', 'This poll is over.', 'postId');
  if (optionIds.length > 1 && !poll.allowMultipleAnswers) {
    return userError('TOO_LONG', 'This poll takes one answer.', 'optionIds');
  }
  const known = new Set(poll.options.map(({ id }) => id));
  const strange = optionIds.find((id) => !known.has(id));
  if (strange === undefined) return undefined;
  return userError('NOT_FOUND', 'The poll has no such option.', 'optionIds', optionIds.indexOf(strange));
}

/** By how much the votes of each option change, by its place. */
function changesOf(poll: Poll, added: readonly string[], removed: readonly string[]): Map<number, number> {
  const placeOf = (id: string) => poll.options.findIndex((option) => option.id === id);
  return new Map([
    ...added.map((id): [number, number] => [placeOf(id), 1]),
    ...removed.map((id): [number, number] => [placeOf(id), -1]),
  ]);
}

/** Takes votes. */
export function createVoteService({ transactor, access, posts, votes, now }: VoteServiceOptions) {
  /** Replaces what the person chose by what they choose now. @returns the post then. */
  async function replace(tx: MongoTransaction, post: Post, poll: Poll, userId: string, optionIds: readonly string[]) {
    const before = (await votes.ofPerson(userId, [post.id], tx)).get(post.id) ?? [];
    const added = optionIds.filter((id) => !before.includes(id));
    const removed = before.filter((id) => !optionIds.includes(id));
    if (added.length === 0 && removed.length === 0) return post;
    const voters = (optionIds.length > 0 ? 1 : 0) - (before.length > 0 ? 1 : 0);
    // The post first: two requests of one person meet at it, and the second starts again with what the first chose.
    const counted = await posts.countVotes(tx, post.id, changesOf(poll, added, removed), voters);
    if (!counted) return undefined;
    await votes.remove(tx, post.id, userId, removed);
    await votes.add(tx, post.id, userId, added, now());
    return counted;
  }

  return {
    /** Chooses these options and no others; none takes the vote back. */
    async vote(
      scope: ViewerScope,
      viewerId: string,
      postId: string,
      ids: readonly string[],
    ): Promise<Outcome<PostView>> {
      const view = await access.view(scope, postId);
      if (!view) return noPost();
      const author = await meet(scope, view.post.authorId);
      const optionIds = [...new Set(ids)];
      return transactor.run(view.post.id, async (tx): Promise<Outcome<PostView>> => {
        const [post] = await posts.byIds([view.post.id], tx);
        if (!post || !mayTakePart(viewerId, post, author)) return noPost();
        if (!post.poll) return refused(userError('NOT_ALLOWED', 'This post asks no question.', 'postId'));
        const mistake = mistakeIn(post.poll, optionIds, now());
        if (mistake) return refused(mistake);
        const counted = await replace(tx, post, post.poll, viewerId, optionIds);
        return counted ? done({ ...view, post: counted }) : noPost();
      });
    },

    /** Takes a person's vote out of a poll, of a post that was deleted too. For erasure. */
    async withdraw(userId: string, postId: string): Promise<void> {
      await transactor.run(postId, async (tx) => {
        const [post] = await posts.byIds([postId], tx);
        const chosen = (await votes.ofPerson(userId, [postId], tx)).get(postId) ?? [];
        if (post?.poll && !post.isDeleted) {
          await posts.countVotes(tx, postId, changesOf(post.poll, [], chosen), -1);
        }
        await votes.remove(tx, postId, userId, chosen);
      });
    },
  };
}

/** What {@link createVoteService} returns. */
export type VoteService = ReturnType<typeof createVoteService>;
