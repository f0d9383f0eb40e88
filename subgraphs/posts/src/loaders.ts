import DataLoader from 'dataloader';
import type { CommentView } from './comment/comment.ts';
import type { CommentAccess } from './comment/comment-access.ts';
import type { ViewerScope } from './people/viewer-scope.ts';
import type { VoteRepository } from './poll/vote-repository.ts';
import type { PostView } from './post/post.ts';
import type { PostAccess } from './post/post-access.ts';
import type { PostReader } from './post/post-reader.ts';
import { type ReactionTarget, type ReactionType, targetKey } from './reaction/reaction.ts';
import type { ReactionRepository } from './reaction/reaction-repository.ts';

/** Where loaders read. */
export interface LoaderSources {
  readonly access: PostAccess;
  readonly commentAccess: CommentAccess;
  readonly postReader: PostReader;
  readonly reactions: ReactionRepository;
  readonly votes: VoteRepository;
}

const NO_OPTIONS: readonly string[] = [];

/** Batches the reads of one request. Nothing but people is remembered within it: mutations may follow each other. */
export function createLoaders(scope: ViewerScope, sources: LoaderSources) {
  const { access, commentAccess, postReader, reactions, votes } = sources;
  const { viewerId } = scope;
  return {
    /** Posts by id; null where the viewer may not see one. */
    posts: new DataLoader<string, PostView | null>((ids) => access.views(scope, ids), { cache: false }),

    /** Comments by id; null where the viewer may not see one. */
    comments: new DataLoader<string, CommentView | null>((ids) => commentAccess.views(scope, ids), { cache: false }),

    /** How the viewer reacted to something they see; null when they didn't. */
    reactions: new DataLoader<ReactionTarget, ReactionType | null>(
      async (targets) => {
        const own = viewerId === undefined ? undefined : await reactions.ofPerson(viewerId, targets);
        return targets.map((target) => own?.get(targetKey(target)) ?? null);
      },
      { cache: false },
    ),

    /** What the viewer chose in a poll they see. */
    votes: new DataLoader<string, readonly string[]>(
      async (postIds) => {
        const own = viewerId === undefined ? undefined : await votes.ofPerson(viewerId, [...new Set(postIds)]);
        return postIds.map((id) => own?.get(id) ?? NO_OPTIONS);
      },
      { cache: false },
    ),

    /** How many posts of a person the viewer may see; null when they may not look for them. */
    postCounts: new DataLoader<string, number | null>((authorIds) => postReader.counts(scope, authorIds), {
      cache: false,
    }),
  };
}

/** What {@link createLoaders} returns. */
export type Loaders = ReturnType<typeof createLoaders>;
