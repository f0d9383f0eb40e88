import {
  type Connection,
  type ConnectionArguments,
  type PageRequest,
  pageRequest,
  type TimeKey,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { Post, PostView } from './post.ts';
import type { PostAccess } from './post-access.ts';
import type { PostListRepository } from './post-list-repository.ts';
import { mayFindPostsOf } from './post-policy.ts';

const authorCursors = timeCursorCodec('posts-of-author');

/** Where a post stands in a list that is newest first. */
export const postKey = ({ createdAt, id }: Post): TimeKey => ({ at: createdAt, id });

/** A page of posts that the viewer may see. @param read rows of a list that is newest first. */
export const pageOfPosts = (
  access: PostAccess,
  scope: ViewerScope,
  codec: ReturnType<typeof timeCursorCodec>,
  args: ConnectionArguments,
  read: (request: PageRequest<TimeKey>) => Promise<Post[]>,
): Promise<Connection<PostView>> =>
  visibleConnection<Post, TimeKey, PostView>({
    request: pageRequest(args, codec),
    codec,
    keyOf: postKey,
    read,
    show: (posts) => access.show(scope, posts),
  });

/** Reads the posts of a person's page. */
export function createPostReader(access: PostAccess, lists: PostListRepository) {
  return {
    /** A person's posts, newest first; null when the viewer may not look for them. @throws BadUserInputError */
    async ofAuthor(
      scope: ViewerScope,
      authorId: string,
      args: ConnectionArguments,
    ): Promise<Connection<PostView> | null> {
      const author = await meet(scope, authorId);
      if (!mayFindPostsOf(author)) return null;
      return pageOfPosts(access, scope, authorCursors, args, (request) =>
        lists.ofAuthor(authorId, scope.viewerId, author.standing, request),
      );
    },

    /** How many posts of each person the viewer may see, in their order; null where they may not look for them. */
    async counts(scope: ViewerScope, authorIds: readonly string[]): Promise<(number | null)[]> {
      const authors = await Promise.all(
        authorIds.map(async (userId) => ({ userId, person: await meet(scope, userId) })),
      );
      const shown = authors.filter(({ person }) => mayFindPostsOf(person));
      const counts = await lists.counts(
        scope.viewerId,
        shown.map(({ userId, person }) => ({ userId, standing: person.standing })),
      );
      return authors.map(({ userId, person }) => (mayFindPostsOf(person) ? (counts.get(userId) ?? 0) : null));
    },
  };
}

/** What {@link createPostReader} returns. */
export type PostReader = ReturnType<typeof createPostReader>;
