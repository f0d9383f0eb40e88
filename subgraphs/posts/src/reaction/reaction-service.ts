import { done, type MongoTransaction, type Outcome, refused, userError } from '@postbook/service-kit';
import type { CommentView } from '../comment/comment.ts';
import type { CommentAccess } from '../comment/comment-access.ts';
import type { CommentRepository } from '../comment/comment-repository.ts';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import { mayTakePart } from '../post/post-policy.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { EntityTransactor } from '../transactions/entity-transactor.ts';
import type { ReactionTarget, ReactionType } from './reaction.ts';
import { reactionEvent } from './reaction-events.ts';
import type { ReactionRepository } from './reaction-repository.ts';

/** What {@link createReactionService} needs. */
export interface ReactionServiceOptions {
  readonly transactor: EntityTransactor;
  readonly access: PostAccess;
  readonly commentAccess: CommentAccess;
  readonly posts: PostRepository;
  readonly comments: CommentRepository;
  readonly reactions: ReactionRepository;
  readonly publisher: Publisher;
  readonly now: () => Date;
}

/** What was reacted to, as it is then: one of the two. */
export interface ReactedTo {
  readonly post: PostView | null;
  readonly comment: CommentView | null;
}

const nothing = () => refused(userError('NOT_FOUND', 'There is no such post or comment.', 'entityId'));

/** Keeps one reaction per person and thing, and counts them. */
export function createReactionService(options: ReactionServiceOptions) {
  const { transactor, access, commentAccess, posts, comments, reactions, publisher, now } = options;

  /** What the viewer sees of the target, and whose it is. */
  async function targetFor(scope: ViewerScope, target: ReactionTarget) {
    const comment = target.type === 'Comment' ? await commentAccess.view(scope, target.id) : null;
    const post = target.type === 'Post' ? await access.view(scope, target.id) : (comment?.post ?? null);
    if (!post || comment?.comment.isDeleted || (target.type === 'Comment' && !comment)) return undefined;
    const id = comment?.comment.id ?? post.post.id;
    return { target: { type: target.type, id }, post, comment, ownerId: (comment?.comment ?? post.post).authorId };
  }

  /** Counts the change at the target, where all who react to it meet. @returns the target then, if it is still there. */
  async function count(
    tx: MongoTransaction,
    { post, comment }: { post: PostView; comment: CommentView | null },
    from: ReactionType | undefined,
    to: ReactionType | undefined,
  ) {
    if (!comment) {
      const counted = await posts.countReaction(tx, post.post.id, from, to);
      return counted && { sequence: counted.reactionSequence, post: { ...post, post: counted }, comment: null };
    }
    const counted = await comments.countReaction(tx, comment.comment.id, from, to);
    return counted && { sequence: counted.reactionSequence, post: null, comment: { ...comment, comment: counted } };
  }

  /** @param to undefined to withdraw. */
  async function change(
    scope: ViewerScope,
    actorId: string,
    wanted: ReactionTarget,
    to: ReactionType | undefined,
  ): Promise<Outcome<ReactedTo>> {
    const found = await targetFor(scope, wanted);
    if (!found) return nothing();
    const { target, ownerId } = found;
    const author = await meet(scope, found.post.post.authorId);
    return transactor.run(target.id, async (tx): Promise<Outcome<ReactedTo>> => {
      const [post] = await posts.byIds([found.post.post.id], tx);
      if (!post || !mayTakePart(actorId, post, author)) return nothing();
      const from = (await reactions.find(tx, target, actorId))?.kind;
      const current = { post: { ...found.post, post }, comment: found.comment };
      if (from === to) return done(found.comment ? { ...current, post: null } : current);
      const counted = await count(tx, current, from, to);
      if (!counted) return nothing();
      const at = now();
      if (to === undefined) await reactions.remove(tx, target, actorId);
      else await reactions.put(tx, target, actorId, to, at);
      const told = { target, ownerId, actorId, sequence: counted.sequence, at };
      const kind = to ?? from;
      if (kind) await publisher.publish(tx, [reactionEvent(to ? 'Reacted' : 'Unreacted', told, kind)]);
      return done({ post: counted.post, comment: counted.comment });
    });
  }

  return {
    /** Reacts, or changes how. Reacting in the same way again changes nothing. */
    react: (scope: ViewerScope, actorId: string, target: ReactionTarget, kind: ReactionType) =>
      change(scope, actorId, target, kind),

    /** Withdraws the reaction, if there is one. */
    remove: (scope: ViewerScope, actorId: string, target: ReactionTarget) => change(scope, actorId, target, undefined),

    /** Takes out a reaction of a person who is erased. Nobody is told: whoever was told forgets the person too. */
    async erase(target: ReactionTarget, actorId: string): Promise<void> {
      await transactor.run(target.id, async (tx) => {
        const from = (await reactions.find(tx, target, actorId))?.kind;
        if (!from) return;
        const repository = target.type === 'Post' ? posts : comments;
        await repository.countReaction(tx, target.id, from, undefined);
        await reactions.remove(tx, target, actorId);
      });
    },
  };
}

/** What {@link createReactionService} returns. */
export type ReactionService = ReturnType<typeof createReactionService>;
