import type { MongoTransaction, Transactor } from '@postbook/service-kit';
import type { FanOut } from '../feed/fan-out.ts';
import type { HashtagTally } from '../hashtag/hashtag-tally.ts';
import type { Post } from '../post/post.ts';
import { postDeleted } from '../post/post-events.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { ReactionRepository } from '../reaction/reaction-repository.ts';
import type { ErasureRepository } from './erasure-repository.ts';

/** What {@link createPostEraser} needs. */
export interface PostEraserOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly posts: PostRepository;
  readonly reactions: ReactionRepository;
  readonly erasures: ErasureRepository;
  readonly tally: HashtagTally;
  readonly fanOut: Pick<FanOut, 'withdraw'>;
  readonly publisher: Publisher;
  readonly now: () => Date;
}

/** Documents that are removed at a time. */
const CHUNK = 500;

/** Removes posts with all that hangs on them: the comments, reactions and votes of others too. */
export function createPostEraser(options: PostEraserOptions) {
  const { transactor, posts, reactions, erasures, tally, fanOut, publisher, now } = options;

  /** Marks it as deleted and tells others, unless it is so already. */
  async function hide(post: Post): Promise<void> {
    if (post.isDeleted) return;
    await transactor.run(async (tx) => {
      const at = now();
      const deleted = await posts.delete(tx, post.id, at);
      if (deleted) await publisher.publish(tx, [postDeleted(deleted, at)]);
    });
  }

  async function eraseComments(postId: string): Promise<void> {
    for (;;) {
      const ids = await erasures.commentsOf(postId, CHUNK);
      while ((await reactions.eraseOf(ids, CHUNK)) > 0);
      await erasures.removeComments(ids);
      if (ids.length < CHUNK) return;
    }
  }

  return {
    /**
     * In small steps, each of which may be done again: the post itself goes last, so that whoever starts again finds
     * what is left of it.
     */
    async erase(post: Post): Promise<void> {
      await hide(post);
      await tally.settle(post.id);
      await fanOut.withdraw(post.id);
      await eraseComments(post.id);
      while ((await reactions.eraseOf([post.id], CHUNK)) > 0);
      while ((await erasures.removeTraces(post.id, CHUNK)) > 0);
      await erasures.removePost(post.id);
    },
  };
}

/** What {@link createPostEraser} returns. */
export type PostEraser = ReturnType<typeof createPostEraser>;
