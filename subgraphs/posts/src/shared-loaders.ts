import { createCardLoader, type Directory } from '@postbook/people';
import DataLoader from 'dataloader';
import type { Comment } from './comment/comment.ts';
import type { CommentRepository } from './comment/comment-repository.ts';
import type { Post } from './post/post.ts';
import type { PostRepository } from './post/post-repository.ts';

/** Most ids of one query. */
const MAX_BATCH = 500;

const byId = <Row extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<readonly Row[]>) =>
  new DataLoader<string, Row | null>(
    async (ids) => {
      const found = new Map((await read([...new Set(ids)])).map((row) => [row.id, row]));
      return ids.map((id) => found.get(id) ?? null);
    },
    { cache: false, maxBatchSize: MAX_BATCH },
  );

/**
 * Batches the reads of all requests of one moment, whoever they are for. Nothing is remembered, as several mutations may
 * follow each other in a request, and nothing is authorised here.
 */
export function createSharedLoaders(
  posts: Pick<PostRepository, 'byIds'>,
  comments: Pick<CommentRepository, 'byIds'>,
  directory: Directory,
) {
  return {
    posts: byId<Post>((ids) => posts.byIds(ids)),
    comments: byId<Comment>((ids) => comments.byIds(ids)),
    cards: createCardLoader(directory),
  };
}

/** What {@link createSharedLoaders} returns. */
export type SharedLoaders = ReturnType<typeof createSharedLoaders>;
