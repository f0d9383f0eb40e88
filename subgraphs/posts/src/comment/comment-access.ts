import type DataLoader from 'dataloader';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import { maySeeComment } from '../post/post-policy.ts';
import type { Comment, CommentView } from './comment.ts';

/** The one way to a comment: as the viewer may see it, on a post that they see. */
export interface CommentAccess {
  /** What the viewer sees of comments on a post that they see. Tombstones are seen while they have replies. */
  show(scope: ViewerScope, post: PostView, comments: readonly Comment[]): Promise<(CommentView | null)[]>;
  /** What the viewer sees of these, in their order; null where they see nothing. */
  views(scope: ViewerScope, ids: readonly string[]): Promise<(CommentView | null)[]>;
  view(scope: ViewerScope, id: string): Promise<CommentView | null>;
}

/** Makes it. @param comments by id, whoever looks. */
export function createCommentAccess(
  posts: PostAccess,
  comments: Pick<DataLoader<string, Comment | null>, 'load'>,
): CommentAccess {
  async function showOne(scope: ViewerScope, post: PostView, comment: Comment): Promise<CommentView | null> {
    // A tombstone says nothing of who wrote it.
    if (comment.isDeleted) return comment.repliesCount > 0 ? { comment, post } : null;
    return maySeeComment(await meet(scope, comment.authorId)) ? { comment, post } : null;
  }

  async function view(scope: ViewerScope, id: string): Promise<CommentView | null> {
    const comment = await comments.load(id.toLowerCase());
    const post = comment ? await posts.view(scope, comment.postId) : null;
    if (!comment || !post) return null;
    const shown = await showOne(scope, post, comment);
    if (!shown || comment.parentId === null) return shown;
    // Whose comment is hidden takes the replies to it along.
    return (await view(scope, comment.parentId)) ? shown : null;
  }

  return {
    show: (scope, post, shown) => Promise.all(shown.map((comment) => showOne(scope, post, comment))),
    views: (scope, ids) => Promise.all(ids.map((id) => view(scope, id))),
    view,
  };
}
