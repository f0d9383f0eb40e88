import type { RelationRepository } from '@postbook/people';
import type { JobDefinition } from '@postbook/service-kit';
import type { PostListRepository } from '../post/post-list-repository.ts';
import { BACKFILL_POSTS } from './backfill.ts';
import type { FanOut } from './fan-out.ts';
import type { LargeAuthorRepository } from './large-author-repository.ts';

/** What {@link createLargeAuthorReview} needs. */
export interface LargeAuthorReviewOptions {
  readonly largeAuthors: LargeAuthorRepository;
  readonly relations: Pick<RelationRepository, 'followersOf'>;
  readonly lists: Pick<PostListRepository, 'entriesOf'>;
  readonly fanOut: Pick<FanOut, 'settle'>;
  readonly largeAuthorReaders: number;
}

/** Followers read at a time. */
const CHUNK = 1_000;

/** Looks whether large authors still are: who has lost readers is written into feeds again, with their newest posts. */
export function createLargeAuthorReview(options: LargeAuthorReviewOptions) {
  const { largeAuthors, relations, lists, fanOut, largeAuthorReaders } = options;

  async function isLarge(authorId: string): Promise<boolean> {
    let after: string | undefined;
    for (let count = 0; ; ) {
      const page = await relations.followersOf(authorId, after, CHUNK);
      count += page.length;
      if (count > largeAuthorReaders) return true;
      if (page.length < CHUNK) return false;
      after = page.at(-1);
    }
  }

  return {
    async review(signal?: AbortSignal): Promise<void> {
      for (const authorId of await largeAuthors.all()) {
        if (signal?.aborted) return;
        if (await isLarge(authorId)) continue;
        // Written before the mark goes, so that no feed is without them in between.
        const newest = await lists.entriesOf([authorId], { limit: BACKFILL_POSTS, direction: 'forward' });
        for (const { postId } of newest) await fanOut.settle(postId);
        await largeAuthors.unmark(authorId);
      }
    },
  };
}

/** What {@link createLargeAuthorReview} returns. */
export type LargeAuthorReview = ReturnType<typeof createLargeAuthorReview>;

/** The job that reviews them once a day. */
export const largeAuthorJob = (review: LargeAuthorReview): JobDefinition => ({
  name: 'posts-review-large-authors',
  schedule: '41 3 * * *',
  run: ({ signal }) => review.review(signal),
});
