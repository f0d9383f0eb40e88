import {
  type Connection,
  type ConnectionArguments,
  createCursorCodec,
  pageRequest,
  timeCursorCodec,
  toConnection,
  toPage,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { ViewerScope } from '../people/viewer-scope.ts';
import type { PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import type { PostListRepository } from '../post/post-list-repository.ts';
import { pageOfPosts } from '../post/post-reader.ts';
import { parseTag } from '../text/hashtags.ts';
import type { Hashtag } from './hashtag.ts';
import type { HashtagRepository, TrendKey } from './hashtag-repository.ts';

const postCursors = timeCursorCodec('posts-of-hashtag');
const trendCursors = createCursorCodec<TrendKey>(
  'trending-hashtags',
  z.object({ score: z.number().nonnegative(), count: z.int().nonnegative(), id: z.string().regex(/^[0-9a-f]{24}$/) }),
);

/** Reads hashtags and their posts. */
export function createHashtagReader(access: PostAccess, lists: PostListRepository, hashtags: HashtagRepository) {
  return {
    /** A hashtag, used or not; null for a text that can't be one. */
    async find(text: string): Promise<Hashtag | null> {
      const tag = parseTag(text);
      if (tag === undefined) return null;
      return { tag, count: (await hashtags.counts([tag])).get(tag) ?? 0 };
    },

    /** Public posts with the tag that the viewer may see, newest first. @throws BadUserInputError */
    posts: (scope: ViewerScope, tag: string, args: ConnectionArguments): Promise<Connection<PostView>> =>
      pageOfPosts(access, scope, postCursors, args, (request) => lists.tagged(tag, request)),

    /** What trends, the most first. @throws BadUserInputError */
    async trending(args: ConnectionArguments): Promise<Connection<Hashtag>> {
      const request = pageRequest(args, trendCursors);
      const rows = await hashtags.trending({ ...request, limit: request.limit + 1 });
      return toConnection(
        toPage(rows, request.limit),
        request,
        trendCursors,
        ({ trendScore: score, count, id }) => ({ score, count, id }),
        (row): Hashtag => row,
      );
    },
  };
}

/** What {@link createHashtagReader} returns. */
export type HashtagReader = ReturnType<typeof createHashtagReader>;
