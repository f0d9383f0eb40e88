import { relationshipId } from '@postbook/events';
import {
  type CardRepository,
  type PartialCard,
  type Relation,
  type RelationRepository,
  STRANGERS,
} from '@postbook/people';
import DataLoader from 'dataloader';
import type { Comment } from '../comment/comment.ts';
import type { CommentRepository } from '../comment/comment-repository.ts';
import type { ViewerScope } from '../people/viewer-scope.ts';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/post-repository.ts';

/** How long reads are gathered, in milliseconds: thousands of open streams then look into the store with few queries. */
const GATHER_MS = 10;

/** What {@link createGatheredLoaders} reads from. */
export interface GatheredSources {
  readonly posts: Pick<PostRepository, 'byIds'>;
  readonly comments: Pick<CommentRepository, 'byIds'>;
  readonly cards: Pick<CardRepository, 'byIds'>;
  readonly relations: Pick<RelationRepository, 'edgesById'>;
}

const gathered = { cache: false, maxBatchSize: 500, batchScheduleFn: (run: () => void) => setTimeout(run, GATHER_MS) };

function byId<Row>(read: (ids: readonly string[]) => Promise<readonly Row[]>, idOf: (row: Row) => string) {
  return new DataLoader<string, Row | null>(async (ids) => {
    const found = new Map((await read([...new Set(ids)])).map((row) => [idOf(row), row]));
    return ids.map((id) => found.get(id) ?? null);
  }, gathered);
}

const edgesOf = (a: string, b: string) => ({
  friend: relationshipId('Friend', a, b),
  blocks: [relationshipId('Block', a, b), relationshipId('Block', b, a)],
});

/** Reads for open streams, whoever they are for. Nothing is remembered, and nothing is authorised here. */
export function createGatheredLoaders({ posts, comments, cards, relations }: GatheredSources) {
  /** What is between a viewer and somebody else, as far as it decides who sees a post or a comment. */
  const pairs = new DataLoader<readonly [string, string], Relation>(async (keys) => {
    const wanted = keys.map(([viewer, other]) => edgesOf(viewer, other));
    const ids = wanted.flatMap(({ friend, blocks }) => [friend, ...blocks]);
    const edges = await relations.edgesById([...new Set(ids)]);
    const isActive = (id: string) => edges.get(id)?.isActive ?? false;
    return wanted.map(({ friend, blocks }) => ({
      ...STRANGERS,
      isFriend: isActive(friend),
      isBlocked: blocks.some(isActive),
    }));
  }, gathered);
  const people = byId<PartialCard>(cards.byIds, ({ userId }) => userId);

  return {
    posts: byId<Post>(
      (ids) => posts.byIds(ids),
      ({ id }) => id,
    ),
    comments: byId<Comment>(
      (ids) => comments.byIds(ids),
      ({ id }) => id,
    ),

    /** A viewer's scope for as long as a stream is open: it asks anew each time. */
    scopeOf: (viewerId: string | undefined): ViewerScope => ({
      viewerId,
      relations: {
        load: (userId) => (viewerId === undefined ? Promise.resolve(STRANGERS) : pairs.load([viewerId, userId])),
      },
      // Somebody of whom nothing was told yet is taken for active, as everywhere.
      cards: { load: async (userId) => (await people.load(userId)) ?? { userId } },
    }),
  };
}

/** What {@link createGatheredLoaders} returns. */
export type GatheredLoaders = ReturnType<typeof createGatheredLoaders>;
