import {
  done,
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
import type { Publisher } from '../publishing/publisher.ts';
import { hashtagsOf } from '../text/hashtags.ts';
import { checkText } from '../text/text-input.ts';
import type { Mention, Post, PostView } from './post.ts';
import { mentioned, placeOf, postUpdated } from './post-events.ts';
import { audienceOf, checkAudience, MAX_CONTENT_CHARACTERS, type UpdatePostInput } from './post-input.ts';
import { mayChangePost } from './post-policy.ts';
import type { PostRepository } from './post-repository.ts';
import { noPost, ownView } from './post-service.ts';

/** What {@link createPostEditor} needs. */
export interface PostEditorOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly posts: PostRepository;
  readonly mentions: Mentions;
  readonly publisher: Publisher;
  readonly live: LiveTopics;
  readonly now: () => Date;
}

/** Who may see the post after the edit: its audience stays only with the visibility `Custom`. */
function audienceAfter(post: Post, input: UpdatePostInput): Pick<Post, 'visibility' | 'audience'> {
  const visibility = input.visibility ?? post.visibility;
  if (visibility !== 'Custom') return { visibility, audience: [] };
  const isNamed = input.audienceIds != null;
  return { visibility, audience: isNamed ? audienceOf(post.authorId, input.audienceIds) : post.audience };
}

function mistakesIn(post: Post, input: UpdatePostInput) {
  const content = input.content == null ? undefined : wellFormed(input.content).trim();
  const isEmptied = content === '' && post.kind === 'Text';
  const { visibility, audience } = audienceAfter(post, input);
  return [
    isEmptied ? userError('REQUIRED', 'Write something.', 'content') : undefined,
    content === undefined ? undefined : checkText(content, MAX_CONTENT_CHARACTERS, 'content'),
    ...checkAudience(post.authorId, { visibility, audienceIds: input.audienceIds ?? audience }),
  ].filter((mistake) => mistake !== undefined);
}

/** Who was told before stays so, as long as they are named. */
const carryOver = (found: readonly Mention[], before: readonly Mention[]): Mention[] =>
  found.map((mention) => ({
    ...mention,
    isTold: before.some(({ userId, isTold }) => isTold && userId === mention.userId),
  }));

/** Edits posts. */
export function createPostEditor({ transactor, posts, mentions, publisher, live, now }: PostEditorOptions) {
  async function apply(tx: MongoTransaction, post: Post, input: UpdatePostInput): Promise<Post> {
    const at = now();
    const content = input.content == null ? post.content : wellFormed(input.content).trim();
    const isRewritten = content !== post.content;
    const seen = audienceAfter(post, input);
    const named = isRewritten
      ? carryOver(await mentions.find(post.authorId, content), post.mentions)
      : [...post.mentions];
    const told = await mentions.tell({ ...post, ...seen }, named, post.authorId);
    const set = {
      ...seen,
      mentions: told.mentions,
      ...(isRewritten ? { content, hashtags: hashtagsOf(content), editedAt: at } : {}),
    };
    const edited = await posts.update(tx, post.id, set, at);
    if (!edited) throw new Error(`post ${post.id} is gone`);
    await publisher.publish(tx, [postUpdated(edited, at), ...mentioned(placeOf(edited), told.newlyTold, at)]);
    // Who listens to its comments may no longer.
    tx.afterCommit(() => announce(live, edited.id, { kind: 'AccessChanged' }));
    return edited;
  }

  return {
    /** Changes the text or who may see the post, from the moment it is answered. Only the author can. */
    async update(viewerId: string, input: UpdatePostInput): Promise<Outcome<PostView>> {
      return transactor.run(async (tx) => {
        const [post] = await posts.byIds([input.postId], tx);
        if (!post || !mayChangePost(viewerId, post)) return noPost();
        const mistakes = mistakesIn(post, input);
        if (mistakes.length > 0) return refused(...mistakes);
        return done(ownView(await apply(tx, post, input)));
      });
    },
  };
}

/** What {@link createPostEditor} returns. */
export type PostEditor = ReturnType<typeof createPostEditor>;
