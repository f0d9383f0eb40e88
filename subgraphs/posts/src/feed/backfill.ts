import { type EventOf, relationshipId } from '@postbook/events';
import { changesOf, type PeopleCopies, writeCopies } from '@postbook/people';
import type { MongoTransaction, Transactor } from '@postbook/service-kit';
import type { PostListRepository } from '../post/post-list-repository.ts';
import type { LargeAuthorRepository } from './large-author-repository.ts';
import type { TimelineRepository } from './timeline-repository.ts';

/** How many of an author's newest posts a new follower finds in their feed. */
export const BACKFILL_POSTS = 20;

/** Brings a feed into line with whom its reader follows. */
export function createBackfill(
  transactor: Transactor<MongoTransaction>,
  copies: PeopleCopies,
  lists: Pick<PostListRepository, 'entriesOf'>,
  timelines: TimelineRepository,
  largeAuthors: Pick<LargeAuthorRepository, 'isMarked'>,
) {
  return {
    /**
     * After somebody began or ended following. What is done follows from the edge as it is now, so events may come late
     * or again.
     *
     * The local copy gets the edge here, if its own consumer wasn't faster: a post that is written into feeds between
     * this and the copy's change would be in neither.
     */
    async settle(event: EventOf<'Followed' | 'Unfollowed'>): Promise<void> {
      const { followerId, followedId } = event.payload;
      const id = relationshipId('Follow', followerId, followedId);
      const edgeNow = async () => (await copies.relations.edgesById([id])).get(id);
      let edge = await edgeNow();
      if (!edge || edge.version < event.version) {
        await transactor.run((tx) => writeCopies(copies, tx, changesOf(event)));
        edge = await edgeNow();
      }
      if (!edge?.isActive) return timelines.removeAuthor(followerId, followedId);
      // Theirs are looked up when the feed is read.
      if (await largeAuthors.isMarked(followedId)) return;
      const newest = await lists.entriesOf([followedId], { limit: BACKFILL_POSTS, direction: 'forward' });
      await timelines.write([followerId], newest);
      await timelines.cut(followerId);
    },
  };
}

/** What {@link createBackfill} returns. */
export type Backfill = ReturnType<typeof createBackfill>;
