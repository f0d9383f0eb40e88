import { relationshipId } from '@postbook/events';
import type { RelationRepository } from '@postbook/people';
import type { LargeAuthorRepository } from './large-author-repository.ts';

/** How long a process goes on with the list it read, in milliseconds: it changes a few times a day. */
const KEEP_MS = 2_000;

/** Authors whose posts are looked up when a feed is read. */
export interface LargeAuthors {
  /** Those whom the reader follows. */
  followedBy(readerId: string): Promise<string[]>;
}

/** Makes it. The list is read once for all requests of a moment. */
export function createLargeAuthors(
  repository: Pick<LargeAuthorRepository, 'all'>,
  relations: Pick<RelationRepository, 'edgesById'>,
): LargeAuthors {
  let list: Promise<string[]> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  function all(): Promise<string[]> {
    if (!list || performance.now() - readAt > KEEP_MS) {
      readAt = performance.now();
      const reading = repository.all();
      // What failed isn't kept.
      reading.catch(() => {
        if (list === reading) list = undefined;
      });
      list = reading;
    }
    return list;
  }

  return {
    async followedBy(readerId) {
      const authors = await all();
      if (authors.length === 0) return [];
      const edges = await relations.edgesById(authors.map((author) => relationshipId('Follow', readerId, author)));
      return authors.filter((author) => edges.get(relationshipId('Follow', readerId, author))?.isActive);
    },
  };
}
