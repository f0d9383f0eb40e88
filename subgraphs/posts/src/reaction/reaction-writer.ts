import { createBatchQueue, type MongoTransaction } from '@postbook/service-kit';
import type { Comment } from '../comment/comment.ts';
import type { CommentRepository } from '../comment/comment-repository.ts';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { EntityTransactor } from '../transactions/entity-transactor.ts';
import { type ReactionTarget, targetKey } from './reaction.ts';
import { reactionEvent } from './reaction-events.ts';
import { planReactions, type ReactionPlan, type WantedReaction } from './reaction-plan.ts';
import type { ReactionRepository } from './reaction-repository.ts';

/** What is reacted to, and where it is. */
export interface PlacedTarget {
  readonly target: ReactionTarget;
  readonly postId: string;
  readonly ownerId: string;
}

/** A wish, and whether its author may see the post as it is when the wish is granted. */
export interface ReactionRequest extends WantedReaction {
  mayReact(post: Post): boolean;
}

/** What was reacted to, as it is then; the comment is null for a post. */
export interface Reacted {
  readonly post: Post;
  readonly comment: Comment | null;
}

/** What {@link createReactionWriter} needs. */
export interface ReactionWriterOptions {
  readonly transactor: EntityTransactor;
  readonly posts: PostRepository;
  readonly comments: CommentRepository;
  readonly reactions: ReactionRepository;
  readonly publisher: Publisher;
}

/** Reactions stored in one transaction: more would hold up the next batch for longer than it saves. */
const MAX_BATCH = 100;

/** Stores reactions to one thing, many in one transaction. */
export function createReactionWriter(options: ReactionWriterOptions) {
  const { transactor, posts, comments, reactions, publisher } = options;

  /** Counts the changes at the target, where all who react to it meet. @returns it then, if it is still there. */
  async function count(tx: MongoTransaction, { target }: PlacedTarget, post: Post, plan: ReactionPlan) {
    if (target.type === 'Post') {
      const counted = await posts.countReactions(tx, target.id, plan.counts, plan.steps.length);
      return counted && { post: counted, comment: null, sequence: counted.reactionSequence };
    }
    const counted = await comments.countReactions(tx, target.id, plan.counts, plan.steps.length);
    return counted && { post, comment: counted, sequence: counted.reactionSequence };
  }

  async function current(tx: MongoTransaction, { target }: PlacedTarget, post: Post): Promise<Reacted | undefined> {
    if (target.type === 'Post') return { post, comment: null };
    const [comment] = await comments.byIds([target.id], tx);
    return comment && !comment.isDeleted ? { post, comment } : undefined;
  }

  async function apply(tx: MongoTransaction, placed: PlacedTarget, post: Post, wishes: readonly WantedReaction[]) {
    const { ownerId, target } = placed;
    const actors = [...new Set(wishes.map(({ actorId }) => actorId))];
    const plan = planReactions(await reactions.ofPeople(tx, target, actors), wishes);
    if (plan.steps.length === 0) return current(tx, placed, post);
    const counted = await count(tx, placed, post, plan);
    if (!counted) return undefined;
    await reactions.store(tx, target, plan.outcomes);
    const before = counted.sequence - plan.steps.length;
    await publisher.publish(
      tx,
      plan.steps.map((step, index) => reactionEvent({ target, ownerId, sequence: before + index + 1 }, step)),
    );
    return { post: counted.post, comment: counted.comment };
  }

  const queue = createBatchQueue<PlacedTarget, ReactionRequest, Reacted | undefined>({
    maxBatch: MAX_BATCH,
    keyOf: ({ target }) => targetKey(target),
    work: (placed, requests) =>
      transactor.run(placed.target.id, async (tx) => {
        const [post] = await posts.byIds([placed.postId], tx);
        // It may have been narrowed or deleted since it was looked at.
        const allowed = requests.filter((request) => post && request.mayReact(post));
        const reacted = post && allowed.length > 0 ? await apply(tx, placed, post, allowed) : undefined;
        return requests.map((request) => (allowed.includes(request) ? reacted : undefined));
      }),
  });

  return {
    /** Grants a wish. Undefined when the target is gone or its author may no longer see it. @throws UnavailableError */
    write: (placed: PlacedTarget, request: ReactionRequest): Promise<Reacted | undefined> => queue.add(placed, request),

    /** Takes out a reaction of a person who is erased. Nobody is told: whoever was told forgets the person too. */
    async erase(target: ReactionTarget, actorId: string): Promise<void> {
      await transactor.run(target.id, async (tx) => {
        const plan = planReactions(await reactions.ofPeople(tx, target, [actorId]), [
          { actorId, to: undefined, at: new Date() },
        ]);
        if (plan.steps.length === 0) return;
        const repository = target.type === 'Post' ? posts : comments;
        await repository.countReactions(tx, target.id, plan.counts, plan.steps.length);
        await reactions.store(tx, target, plan.outcomes);
      });
    },
  };
}

/** What {@link createReactionWriter} returns. */
export type ReactionWriter = ReturnType<typeof createReactionWriter>;
