import type { AnyEvent } from '@postbook/events';
import { createBatchQueue, type LiveTopics, type MongoTransaction } from '@postbook/service-kit';
import { announce } from '../live/comment-topic.ts';
import type { Mention, Post } from '../post/post.ts';
import { mentioned } from '../post/post-events.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { EntityTransactor } from '../transactions/entity-transactor.ts';
import type { Comment } from './comment.ts';
import { commentEvent } from './comment-events.ts';
import { type CommentRepository, newCommentId } from './comment-repository.ts';

/** A request that may come again. */
export interface CommentRequest {
  readonly clientMutationId: string;
  readonly requestHash: string;
}

/** A comment that was checked. */
export interface CommentDraft {
  readonly authorId: string;
  readonly content: string;
  readonly mentions: readonly Mention[];
  /** Who is to be told that they are mentioned. */
  readonly newlyTold: readonly string[];
  /** What it replies to; null for one on the post. */
  readonly parent: Comment | null;
  readonly request: CommentRequest | undefined;
  readonly createdAt: Date;
  /** Of the request that writes it: a batch has several. */
  readonly traceparent: string | undefined;
  /** Whether its author may see the post as it is when the comment is stored. */
  mayWrite(post: Post): boolean;
}

/** What came of one draft of a batch. */
export type CommentResult =
  | { readonly kind: 'Stored'; readonly comment: Comment; readonly post: Post }
  /** Its `clientMutationId` was used for another request. */
  | { readonly kind: 'Conflict' }
  /** The post is gone, or its author may no longer see it. */
  | { readonly kind: 'PostGone' }
  | { readonly kind: 'ParentGone' };

/** What {@link createCommentWriter} needs. */
export interface CommentWriterOptions {
  readonly transactor: EntityTransactor;
  readonly posts: PostRepository;
  readonly comments: CommentRepository;
  readonly publisher: Publisher;
  readonly live: LiveTopics;
}

/** Comments stored in one transaction: more would hold up the next batch for longer than it saves. */
const MAX_BATCH = 100;

const requestKey = (authorId: string, clientMutationId: string): string => `${authorId} ${clientMutationId}`;

/** What is known of a batch before it is stored. */
interface Known {
  readonly post: Post;
  readonly parents: ReadonlyMap<string, Comment>;
  readonly stored: ReadonlyMap<string, { readonly comment: Comment; readonly requestHash: string }>;
}

/** Splits a batch into drafts to store and those whose answer is known without. */
export function sortOut(drafts: readonly CommentDraft[], { post, parents, stored }: Known) {
  const firstOf = new Map<string, CommentDraft>();
  const fresh: CommentDraft[] = [];
  /** For each draft: its result, or the fresh draft that it is or repeats. */
  const answers = drafts.map((draft): CommentResult | CommentDraft => {
    const { authorId, parent, request } = draft;
    if (!draft.mayWrite(post)) return { kind: 'PostGone' };
    const key = request && requestKey(authorId, request.clientMutationId);
    const earlier = key === undefined ? undefined : stored.get(key);
    if (earlier) {
      const isSame = earlier.requestHash === request?.requestHash;
      return isSame ? { kind: 'Stored', comment: earlier.comment, post } : { kind: 'Conflict' };
    }
    const twin = key === undefined ? undefined : firstOf.get(key);
    if (twin) return twin.request?.requestHash === request?.requestHash ? twin : { kind: 'Conflict' };
    if (parent && parents.get(parent.id)?.isDeleted !== false) return { kind: 'ParentGone' };
    if (key !== undefined) firstOf.set(key, draft);
    fresh.push(draft);
    return draft;
  });
  return { fresh, answers };
}

const eventsOf = (comment: Comment, post: Post, draft: CommentDraft): AnyEvent[] => {
  const { newlyTold, parent, traceparent } = draft;
  const { authorId, createdAt, id, postId, version } = comment;
  const place = { entityType: 'Comment', entityId: id, postId, actorId: authorId, version, traceparent } as const;
  const about = { comment, post, parentAuthorId: parent?.authorId ?? null };
  return [commentEvent('CommentCreated', about, createdAt, traceparent), ...mentioned(place, newlyTold, createdAt)];
};

/** Stores comments on one post, many in one transaction. */
export function createCommentWriter(options: CommentWriterOptions) {
  const { transactor, posts, comments, publisher, live } = options;

  async function read(tx: MongoTransaction, post: Post, drafts: readonly CommentDraft[]): Promise<Known> {
    const requests = drafts.flatMap(({ authorId, request }) =>
      request ? [{ authorId, clientMutationId: request.clientMutationId }] : [],
    );
    const parentIds = [...new Set(drafts.flatMap(({ parent }) => parent?.id ?? []))];
    const stored = await comments.byRequests(post.id, requests, tx);
    const parents = await comments.byIds(parentIds, tx);
    return {
      post,
      parents: new Map(parents.map((parent) => [parent.id, parent])),
      stored: new Map(
        stored.map((found) => [requestKey(found.comment.authorId, found.clientMutationId), found] as const),
      ),
    };
  }

  /** Numbers the drafts and stores them. */
  async function store(tx: MongoTransaction, postId: string, drafts: readonly CommentDraft[]) {
    const post = await posts.addComments(tx, postId, drafts.length);
    if (!post) return undefined;
    const replies = Map.groupBy(drafts, ({ parent }) => parent?.id);
    await comments.countReplies(tx, new Map([...replies].flatMap(([id, own]) => (id ? [[id, own.length]] : []))));
    const written = await comments.insert(
      tx,
      drafts.map(({ authorId, content, createdAt, mentions, parent, request }, index) => ({
        id: newCommentId(),
        postId,
        sequence: post.commentSequence - drafts.length + index + 1,
        ...{ authorId, content, mentions, createdAt, request },
        parentId: parent?.id ?? null,
      })),
    );
    await publisher.publish(
      tx,
      drafts.flatMap((draft, index) => {
        const comment = written[index];
        return comment ? eventsOf(comment, post, draft) : [];
      }),
    );
    tx.afterCommit(() => {
      for (const { id, sequence } of written) {
        void announce(live, postId, { kind: 'CommentAdded', sequence, commentId: id });
      }
    });
    return { post, written };
  }

  async function write(tx: MongoTransaction, postId: string, drafts: readonly CommentDraft[]) {
    const [current] = await posts.byIds([postId], tx);
    if (!current) return drafts.map((): CommentResult => ({ kind: 'PostGone' }));
    const { fresh, answers } = sortOut(drafts, await read(tx, current, drafts));
    const stored = fresh.length > 0 ? await store(tx, postId, fresh) : undefined;
    return answers.map((answer): CommentResult => {
      if ('kind' in answer) return answer;
      const comment = stored?.written[fresh.indexOf(answer)];
      return stored && comment ? { kind: 'Stored', comment, post: stored.post } : { kind: 'PostGone' };
    });
  }

  const queue = createBatchQueue<string, CommentDraft, CommentResult>({
    maxBatch: MAX_BATCH,
    keyOf: (postId) => postId,
    // What was stored before for the same request is found in the transaction that takes the numbers: another process
    // that stores it at the same time moves the post's counter too, and one of the two starts again.
    work: (postId, drafts) => transactor.run(postId, (tx) => write(tx, postId, drafts)),
  });

  return {
    /** Stores a comment. @throws UnavailableError */
    write: (postId: string, draft: CommentDraft): Promise<CommentResult> => queue.add(postId, draft),
  };
}

/** What {@link createCommentWriter} returns. */
export type CommentWriter = ReturnType<typeof createCommentWriter>;
