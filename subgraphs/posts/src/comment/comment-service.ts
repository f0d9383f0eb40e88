import {
  done,
  idempotencyConflict,
  type LiveTopics,
  type MongoTransaction,
  type Outcome,
  refused,
  userError,
  wellFormed,
} from '@postbook/service-kit';
import { announce } from '../live/comment-topic.ts';
import type { Mentions } from '../people/mentions.ts';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { Mention, PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import { mentioned } from '../post/post-events.ts';
import { mayDeleteComment, mayTakePart } from '../post/post-policy.ts';
import type { PostRepository } from '../post/post-repository.ts';
import { noPost } from '../post/post-service.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { EntityTransactor } from '../transactions/entity-transactor.ts';
import type { Comment, CommentView } from './comment.ts';
import type { CommentAccess } from './comment-access.ts';
import { commentEvent } from './comment-events.ts';
import { type AddCommentInput, checkComment, fingerprintOf } from './comment-input.ts';
import { type CommentRepository, newCommentId } from './comment-repository.ts';

/** What {@link createCommentService} needs. */
export interface CommentServiceOptions {
  readonly transactor: EntityTransactor;
  readonly access: PostAccess;
  readonly commentAccess: CommentAccess;
  readonly posts: PostRepository;
  readonly comments: CommentRepository;
  readonly mentions: Mentions;
  readonly publisher: Publisher;
  readonly live: LiveTopics;
  readonly now: () => Date;
}

/** A comment that was checked. */
interface Draft {
  readonly authorId: string;
  readonly content: string;
  readonly mentions: readonly Mention[];
  readonly newlyTold: readonly string[];
  readonly parent: Comment | null;
  readonly request: { readonly clientMutationId: string; readonly requestHash: string } | undefined;
}

/** What the transaction that stores a comment gives up with: nothing of it is kept. */
class GoneError extends Error {
  override readonly name = 'GoneError';
}

const noComment = (field: string) => refused(userError('NOT_FOUND', 'There is no such comment.', field));

const requestOf = (input: AddCommentInput): Draft['request'] =>
  input.clientMutationId == null
    ? undefined
    : { clientMutationId: input.clientMutationId, requestHash: fingerprintOf(input) };

/** Writes and deletes comments. */
export function createCommentService(options: CommentServiceOptions) {
  const { transactor, access, commentAccess, posts, comments, mentions, publisher, live, now } = options;

  /** The comment that the request has made already. @throws IdempotencyConflictError when it was another request. */
  async function earlierComment(postId: string, authorId: string, request: Draft['request'], tx?: MongoTransaction) {
    if (!request) return undefined;
    const earlier = await comments.byRequest(postId, authorId, request.clientMutationId, tx);
    if (earlier && earlier.requestHash !== request.requestHash) throw idempotencyConflict('clientMutationId');
    return earlier?.comment;
  }

  /** The comment that is replied to; null without one; undefined when it can't be replied to. */
  async function parentFor(scope: ViewerScope, post: PostView, parentId: string | null | undefined) {
    if (parentId == null) return null;
    const view = await commentAccess.view(scope, parentId);
    const isFitting = view?.comment.postId === post.post.id && !view.comment.isDeleted;
    return isFitting ? view.comment : undefined;
  }

  async function draftOf(authorId: string, post: PostView, parent: Comment | null, input: AddCommentInput) {
    const content = wellFormed(input.content).trim();
    const told = await mentions.tell(post.post, await mentions.find(authorId, content), authorId);
    return { authorId, content, ...told, parent, request: requestOf(input) };
  }

  /** Numbers the comment and stores it. Undefined when the post or the parent is gone meanwhile. */
  async function store(tx: MongoTransaction, postId: string, draft: Draft): Promise<Comment | undefined> {
    const { authorId, content, parent, request } = draft;
    const post = await posts.addComment(tx, postId);
    if (!post || (parent && !(await comments.countReply(tx, parent.id, 1)))) return undefined;
    const at = now();
    const sequence = post.commentSequence;
    const comment = await comments.insert(tx, {
      id: newCommentId(),
      postId,
      sequence,
      authorId,
      content,
      mentions: draft.mentions,
      parentId: parent?.id ?? null,
      createdAt: at,
      request,
    });
    const place = { entityType: 'Comment', entityId: comment.id, postId, actorId: authorId, version: 1 } as const;
    await publisher.publish(tx, [
      commentEvent('CommentCreated', { comment, post, parentAuthorId: parent?.authorId ?? null }, at),
      ...mentioned(place, draft.newlyTold, at),
    ]);
    tx.afterCommit(() => announce(live, postId, { kind: 'CommentAdded', sequence, commentId: comment.id }));
    return comment;
  }

  return {
    /** Writes a comment on a post, or a reply to a comment. @throws IdempotencyConflictError */
    async add(scope: ViewerScope, authorId: string, input: AddCommentInput): Promise<Outcome<CommentView>> {
      const mistakes = checkComment(input);
      if (mistakes.length > 0) return refused(...mistakes);
      const post = await access.view(scope, input.postId);
      if (!post) return noPost();
      const { id } = post.post;
      const repeated = await earlierComment(id, authorId, requestOf(input));
      if (repeated) return done({ comment: repeated, post });
      const parent = await parentFor(scope, post, input.parentId);
      if (parent === undefined) return noComment('parentId');
      if (parent && parent.parentId !== null) {
        const message = 'A reply can’t be replied to. Reply to the comment above it.';
        return refused(userError('NOT_ALLOWED', message, 'parentId'));
      }
      const author = await meet(scope, post.post.authorId);
      const draft = await draftOf(authorId, post, parent, input);
      try {
        return await transactor.run(id, async (tx): Promise<Outcome<CommentView>> => {
          const [current] = await posts.byIds([id], tx);
          // It may have been narrowed or deleted since it was looked at.
          if (!current || !mayTakePart(authorId, current, author)) return noPost();
          const earlier = await earlierComment(id, authorId, draft.request, tx);
          const comment = earlier ?? (await store(tx, id, draft));
          if (!comment) throw new GoneError('what is replied to is gone');
          return done({ comment, post: { ...post, post: (await posts.byIds([id], tx))[0] ?? current } });
        });
      } catch (error) {
        if (error instanceof GoneError) return noComment('parentId');
        throw error;
      }
    },

    /** Deletes a comment: its author can, and the post's. Deleting it again is no mistake: it is so already. */
    async delete(scope: ViewerScope, viewerId: string, commentId: string): Promise<Outcome<Comment>> {
      const [known] = await comments.byIds([commentId]);
      if (!known) return noComment('commentId');
      return transactor.run(known.postId, async (tx): Promise<Outcome<Comment>> => {
        const [comment] = await comments.byIds([commentId], tx);
        const [post] = comment ? await posts.byIds([comment.postId], tx) : [];
        if (!comment || !post) return noComment('commentId');
        const isTheirs = viewerId === comment.authorId || viewerId === post.authorId;
        if (!isTheirs) {
          const isSeen = (await commentAccess.view(scope, commentId)) !== null;
          return isSeen
            ? refused(userError('NOT_ALLOWED', 'Only who wrote it and whose post it is on can delete it.', 'commentId'))
            : noComment('commentId');
        }
        if (!mayDeleteComment(viewerId, comment, post)) return done(comment);
        const at = now();
        const [parent] = comment.parentId === null ? [] : await comments.byIds([comment.parentId], tx);
        // The post first, as when a reply is written: who locks in one order never waits in a circle.
        await posts.removeComment(tx, post.id);
        const deleted = await comments.delete(tx, comment.id, viewerId, at);
        if (!deleted) throw new Error(`comment ${comment.id} was there a moment ago`);
        if (parent) await comments.removeReply(tx, parent.id);
        const about = { comment: deleted, post, parentAuthorId: parent?.authorId ?? null };
        await publisher.publish(tx, [commentEvent('CommentDeleted', about, at)]);
        return done(deleted);
      });
    },
  };
}

/** What {@link createCommentService} returns. */
export type CommentService = ReturnType<typeof createCommentService>;
