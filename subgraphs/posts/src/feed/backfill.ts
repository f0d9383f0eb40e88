import { type EventOf, relationshipId } from '@postbook/events';
import type { RelationRepository } from '@postbook/people';
import { RetryLaterError } from '@postbook/service-kit';
import type { PostListRepository } from '../post/post-list-repository.ts';
import type { TimelineRepository } from './timeline-repository.ts';

/** How many of an author's newest posts a new follower finds in their feed. */
export const BACKFILL_POSTS = 20;

/** Brings a feed into line with whom its reader follows. */
export function createBackfill(
  relations: Pick<RelationRepository, 'edgesById'>,
  lists: Pick<PostListRepository, 'entriesOf'>,
  timelines: TimelineRepository,
) {
  return {
    /**
     * After somebody began or ended following. What is done follows from the edge as it is now, so events may come late
     * or again.
     *
     * @throws RetryLaterError until the local copy has the edge: a post that is written into feeds between this and the
     * copy's change would be in neither.
     */
    async settle({ payload, version }: EventOf<'Followed' | 'Unfollowed'>): Promise<void> {
      const { followerId, followedId } = payload;
      const id = relationshipId('Follow', followerId, followedId);
      const edge = (await relations.edgesById([id])).get(id);
      if (!edge || edge.version < version) throw new RetryLaterError('the copy of relations is behind');
      if (!edge.isActive) return timelines.removeAuthor(followerId, followedId);
      const newest = await lists.entriesOf([followedId], { limit: BACKFILL_POSTS, direction: 'forward' });
      await timelines.write([followerId], newest);
      await timelines.cut(followerId);
    },
  };
}

/** What {@link createBackfill} returns. */
export type Backfill = ReturnType<typeof createBackfill>;
