import type DataLoader from 'dataloader';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { Post, PostView } from './post.ts';
import { maySeePost } from './post-policy.ts';

/** The one way to a post: as the viewer may see it. For everybody else it doesn't exist. */
export interface PostAccess {
  /** What the viewer sees of these posts, in their order; null where they see nothing. */
  show(scope: ViewerScope, posts: readonly (Post | null)[]): Promise<(PostView | null)[]>;
  /** The same by ids. */
  views(scope: ViewerScope, ids: readonly string[]): Promise<(PostView | null)[]>;
  view(scope: ViewerScope, id: string): Promise<PostView | null>;
}

/** Makes it. @param posts by id, whoever looks. */
export function createPostAccess(posts: Pick<DataLoader<string, Post | null>, 'load'>): PostAccess {
  async function showOne(scope: ViewerScope, post: Post | null): Promise<PostView | null> {
    if (!post) return null;
    const author = await meet(scope, post.authorId);
    return maySeePost(scope.viewerId, post, author) ? { post, standing: author.standing } : null;
  }
  const show = (scope: ViewerScope, shown: readonly (Post | null)[]) =>
    Promise.all(shown.map((post) => showOne(scope, post)));
  const view = async (scope: ViewerScope, id: string) => showOne(scope, await posts.load(id.toLowerCase()));
  return { show, view, views: (scope, ids) => Promise.all(ids.map((id) => view(scope, id))) };
}
