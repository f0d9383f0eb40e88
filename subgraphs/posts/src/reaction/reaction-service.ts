import { currentRequestTrace, done, type Outcome, refused, userError } from '@postbook/service-kit';
import type { CommentView } from '../comment/comment.ts';
import type { CommentAccess } from '../comment/comment-access.ts';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import { mayTakePart } from '../post/post-policy.ts';
import type { ReactionTarget, ReactionType } from './reaction.ts';
import type { ReactionWriter } from './reaction-writer.ts';

/** What {@link createReactionService} needs. */
export interface ReactionServiceOptions {
  readonly access: PostAccess;
  readonly commentAccess: CommentAccess;
  readonly writer: Pick<ReactionWriter, 'write'>;
  readonly now: () => Date;
}

/** What was reacted to, as it is then: one of the two. */
export interface ReactedTo {
  readonly post: PostView | null;
  readonly comment: CommentView | null;
}

const nothing = () => refused(userError('NOT_FOUND', 'There is no such post or comment.', 'entityId'));

/** Keeps one reaction per person and thing. */
export function createReactionService({ access, commentAccess, writer, now }: ReactionServiceOptions) {
  /** What the viewer sees of the target, and whose it is. */
  async function targetFor(scope: ViewerScope, { id, type }: ReactionTarget) {
    if (type === 'Post') {
      const view = await access.view(scope, id);
      return view && { target: { type, id: view.post.id }, view, ownerId: view.post.authorId };
    }
    const comment = await commentAccess.view(scope, id);
    if (!comment || comment.comment.isDeleted) return null;
    return { target: { type, id: comment.comment.id }, view: comment.post, ownerId: comment.comment.authorId };
  }

  async function change(
    scope: ViewerScope,
    actorId: string,
    wanted: ReactionTarget,
    to: ReactionType | undefined,
  ): Promise<Outcome<ReactedTo>> {
    const found = await targetFor(scope, wanted);
    if (!found) return nothing();
    const { ownerId, target, view } = found;
    const author = await meet(scope, view.post.authorId);
    const reacted = await writer.write(
      { target, ownerId, postId: view.post.id },
      {
        actorId,
        to,
        at: now(),
        traceparent: currentRequestTrace()?.traceparent,
        mayReact: (current) => mayTakePart(actorId, current, author),
      },
    );
    if (!reacted) return nothing();
    const post = { ...view, post: reacted.post };
    const { comment } = reacted;
    return done(comment ? { post: null, comment: { comment, post } } : { post, comment: null });
  }

  return {
    /** Reacts, or changes how. Reacting in the same way again changes nothing. @throws UnavailableError */
    react: (scope: ViewerScope, actorId: string, target: ReactionTarget, kind: ReactionType) =>
      change(scope, actorId, target, kind),

    /** Withdraws the reaction, if there is one. @throws UnavailableError */
    remove: (scope: ViewerScope, actorId: string, target: ReactionTarget) => change(scope, actorId, target, undefined),
  };
}

/** What {@link createReactionService} returns. */
export type ReactionService = ReturnType<typeof createReactionService>;
