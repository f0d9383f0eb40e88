import type { Attachments, MediaKind } from '@postbook/attachments';
import {
  done,
  idempotencyConflict,
  isDuplicateKey,
  type LiveTopics,
  type MongoTransaction,
  type Outcome,
  refused,
  type Transactor,
  userError,
  wellFormed,
} from '@postbook/service-kit';
import { announce } from '../live/comment-topic.ts';
import type { Mentions } from '../people/mentions.ts';
import { toPoll } from '../poll/poll-input.ts';
import type { Publisher } from '../publishing/publisher.ts';
import { hashtagsOf } from '../text/hashtags.ts';
import type { Post, PostView } from './post.ts';
import { mentioned, placeOf, postCreated, postDeleted } from './post-events.ts';
import { audienceOf, type CreatePostInput, checkNewPost, fingerprintOf } from './post-input.ts';
import { mayChangePost } from './post-policy.ts';
import { newPostId, type PostRepository } from './post-repository.ts';

/** What {@link createPostService} needs. */
export interface PostServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly posts: PostRepository;
  readonly mentions: Mentions;
  readonly attachments: Attachments;
  readonly publisher: Publisher;
  readonly live: LiveTopics;
  readonly now: () => Date;
}

/** Files that one post can have. */
const MAX_FILES = 10;

/** A post of the viewer's own. */
export const ownView = (post: Post): PostView => ({ post, standing: 'self' });

/** There is no such post, as far as the viewer may know. */
export const noPost = () => refused(userError('NOT_FOUND', 'There is no such post.', 'postId'));

function kindOf(input: CreatePostInput, files: readonly { readonly kind: MediaKind }[]): Post['kind'] {
  if (input.poll != null) return 'Poll';
  if (files.some(({ kind }) => kind === 'Video')) return 'Video';
  return files.length > 0 ? 'Photo' : 'Text';
}

/** Publishes and deletes posts. */
export function createPostService(options: PostServiceOptions) {
  const { transactor, posts, mentions, attachments, publisher, live, now } = options;

  /** The post that the request has made already. @throws IdempotencyConflictError when it was another request. */
  async function earlierPost(authorId: string, clientMutationId: string, requestHash: string) {
    const earlier = await posts.byRequest(authorId, clientMutationId);
    if (earlier && earlier.requestHash !== requestHash) throw idempotencyConflict('clientMutationId');
    return earlier?.post;
  }

  const checkFiles = (authorId: string, mediaIds: readonly string[] | null | undefined) =>
    mediaIds == null || mediaIds.length === 0
      ? ({ files: [], mistakes: [] } as const)
      : attachments.check(
          mediaIds,
          { ownerId: authorId, kinds: ['Image', 'Video'], categories: ['Post'], maximum: MAX_FILES },
          'mediaIds',
        );

  async function draftOf(authorId: string, input: CreatePostInput, kind: Post['kind'], createdAt: Date) {
    const content = wellFormed(input.content ?? '').trim();
    const { visibility } = input;
    const audience = audienceOf(authorId, input.audienceIds);
    const found = await mentions.find(authorId, content);
    const told = await mentions.tell({ authorId, visibility, audience, isDeleted: false }, found, authorId);
    return {
      newlyTold: told.newlyTold,
      draft: {
        id: newPostId(),
        authorId,
        kind,
        content,
        mediaIds: input.mediaIds ?? [],
        visibility,
        audience,
        hashtags: hashtagsOf(content),
        mentions: told.mentions,
        poll: input.poll == null ? null : toPoll(input.poll),
        createdAt,
      },
    };
  }

  return {
    /** Publishes a post. @throws IdempotencyConflictError, UnavailableError while files can't be checked. */
    async create(authorId: string, input: CreatePostInput): Promise<Outcome<PostView>> {
      const { clientMutationId } = input;
      const requestHash = fingerprintOf(authorId, input);
      // Before any check: what was fine when it was first sent may not be now, such as a poll's end.
      const earlier = clientMutationId ? await earlierPost(authorId, clientMutationId, requestHash) : undefined;
      if (earlier) return done(ownView(earlier));
      const createdAt = now();
      const mistakes = checkNewPost(authorId, input, createdAt);
      if (mistakes.length > 0) return refused(...mistakes);
      const { files, mistakes: unusable } = await checkFiles(authorId, input.mediaIds);
      if (unusable.length > 0) return refused(...unusable);

      const { draft, newlyTold } = await draftOf(authorId, input, kindOf(input, files), createdAt);
      const request = clientMutationId == null ? undefined : { clientMutationId, requestHash };
      try {
        const post = await transactor.run(async (tx) => {
          const stored = await posts.insert(tx, { ...draft, request });
          await publisher.publish(tx, [postCreated(stored), ...mentioned(placeOf(stored), newlyTold, createdAt)]);
          return stored;
        });
        return done(ownView(post));
      } catch (error) {
        const rival =
          request && isDuplicateKey(error)
            ? await earlierPost(authorId, request.clientMutationId, requestHash)
            : undefined;
        if (rival) return done(ownView(rival));
        throw error;
      }
    },

    /** Deletes a post of the viewer's own. Deleting it again is no mistake: it is so already. */
    async delete(viewerId: string, postId: string): Promise<Outcome<string>> {
      return transactor.run(async (tx) => {
        const [post] = await posts.byIds([postId], tx);
        if (post?.authorId !== viewerId) return noPost();
        if (!mayChangePost(viewerId, post)) return done(post.id);
        const at = now();
        const deleted = await posts.delete(tx, post.id, at);
        if (deleted) await publisher.publish(tx, [postDeleted(deleted, at)]);
        tx.afterCommit(() => announce(live, post.id, { kind: 'AccessChanged' }));
        return done(post.id);
      });
    },
  };
}

/** What {@link createPostService} returns. */
export type PostService = ReturnType<typeof createPostService>;
