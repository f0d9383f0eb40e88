import type { JobDefinition } from '@postbook/service-kit';
import type { ErasureRepository } from './erasure-repository.ts';
import type { PostEraser } from './post-eraser.ts';

/** How long a deleted post is kept, in milliseconds, for whoever must look into a complaint. */
export const KEEP_DELETED_MS = 30 * 24 * 60 * 60_000;
const CHUNK = 50;

/** The job that removes, once a day, what was deleted long ago. */
export const sweepJob = (eraser: PostEraser, erasures: ErasureRepository, now: () => Date): JobDefinition => ({
  name: 'posts-sweep-deleted',
  schedule: '11 4 * * *',
  async run({ signal }) {
    const before = new Date(now().getTime() - KEEP_DELETED_MS);
    while (!signal.aborted) {
      const posts = await erasures.deletedBefore(before, CHUNK);
      for (const post of posts) await eraser.erase(post);
      if (posts.length < CHUNK) return;
    }
  },
});
