import { createBatchQueue, type MongoTransaction, type Transactor } from '@postbook/service-kit';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { HashtagRepository } from './hashtag-repository.ts';
import { hourOf } from './trend-score.ts';

/** Posts counted in one transaction. */
const MAX_BATCH = 32;

/** The tags under which a post counts: those of a public post that is there. */
export const tagsCounted = (post: Pick<Post, 'visibility' | 'isDeleted' | 'hashtags'>): readonly string[] =>
  post.visibility === 'Public' && !post.isDeleted ? post.hashtags : [];

/**
 * Counts public posts by hashtag. The post remembers under which tags it is counted, so counting is the difference to
 * what it is now: it may be done again, late, or for several changes at once.
 */
export function createHashtagTally(
  transactor: Transactor<MongoTransaction>,
  posts: PostRepository,
  hashtags: HashtagRepository,
) {
  async function settleIn(tx: MongoTransaction, post: Post): Promise<void> {
    const wanted = tagsCounted(post);
    const added = wanted.filter((tag) => !post.countedHashtags.includes(tag));
    const removed = post.countedHashtags.filter((tag) => !wanted.includes(tag));
    if (added.length === 0 && removed.length === 0) return;
    await posts.setCountedHashtags(tx, post.id, wanted);
    // In one order, so that posts with the same tags don't wait for each other in a circle.
    for (const tag of [...added, ...removed].sort()) {
      await hashtags.count(tx, tag, added.includes(tag) ? 1 : -1, post.createdAt);
    }
    for (const tag of added) await hashtags.noteUse(tx, tag, post.authorId, hourOf(post.createdAt));
  }

  // Popular tags are counted by most posts: in transactions of their own, all but one would start again and again.
  const queue = createBatchQueue<'tags', string, undefined>({
    keyOf: (key) => key,
    maxBatch: MAX_BATCH,
    work: (_key, postIds) =>
      transactor.run(async (tx) => {
        for (const post of await posts.byIds([...new Set(postIds)], tx)) await settleIn(tx, post);
        return postIds.map(() => undefined);
      }),
  });

  return {
    /** Counts a post as it is now. Does nothing for one that is gone. */
    settle: (postId: string): Promise<undefined> => queue.add('tags', postId),
  };
}

/** What {@link createHashtagTally} returns. */
export type HashtagTally = ReturnType<typeof createHashtagTally>;
