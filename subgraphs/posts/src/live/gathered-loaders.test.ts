import { relationshipId } from '@postbook/events';
import { describe, expect, it } from 'vitest';
import type { Comment } from '../comment/comment.ts';
import { createCommentAccess } from '../comment/comment-access.ts';
import type { Post } from '../post/post.ts';
import { createPostAccess } from '../post/post-access.ts';
import { createGatheredLoaders } from './gathered-loaders.ts';

/** Access over a store in memory that counts its queries. */
function world(edges: readonly string[] = []) {
  const post = {
    id: 'post',
    authorId: 'ada',
    visibility: 'Friends',
    audience: [],
    isDeleted: false,
  } as unknown as Post;
  const comment = {
    id: 'comment',
    postId: 'post',
    authorId: 'bob',
    isDeleted: false,
    parentId: null,
  } as unknown as Comment;
  const queries = { posts: 0, comments: 0, cards: 0, edges: 0 };
  const loaders = createGatheredLoaders({
    posts: {
      async byIds(ids) {
        queries.posts += 1;
        return [post].filter(({ id }) => ids.includes(id));
      },
    },
    comments: {
      async byIds(ids) {
        queries.comments += 1;
        return [comment].filter(({ id }) => ids.includes(id));
      },
    },
    cards: {
      async byIds() {
        queries.cards += 1;
        return [];
      },
    },
    relations: {
      async edgesById(ids) {
        queries.edges += 1;
        return new Map(ids.filter((id) => edges.includes(id)).map((id) => [id, { isActive: true, version: 1 }]));
      },
    },
  });
  const posts = createPostAccess(loaders.posts);
  const comments = createCommentAccess(posts, loaders.comments);
  const seen = async (viewerId: string | undefined) => {
    const scope = loaders.scopeOf(viewerId);
    return [(await posts.view(scope, 'post')) !== null, (await comments.view(scope, 'comment')) !== null];
  };
  return { seen, queries };
}

describe('what open streams ask', () => {
  it('is answered by the policy: friends, blocks whoever made them, nobody', async () => {
    const { seen } = world([
      relationshipId('Friend', 'ada', 'eve'),
      relationshipId('Friend', 'ada', 'fay'),
      relationshipId('Friend', 'ada', 'gus'),
      relationshipId('Block', 'fay', 'ada'),
      relationshipId('Block', 'bob', 'gus'),
    ]);
    expect(await Promise.all(['ada', 'eve', 'fay', 'gus', 'hal', undefined].map(seen))).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [true, false],
      [false, false],
      [false, false],
    ]);
  });

  it('is gathered: hundreds of viewers cost a few queries', async () => {
    const viewers = Array.from({ length: 400 }, (_, n) => `viewer ${n}`);
    const { queries, seen } = world(viewers.map((viewer) => relationshipId('Friend', 'ada', viewer)));
    const answers = await Promise.all(viewers.map(seen));
    expect(answers.every(([post, comment]) => post && comment)).toBe(true);
    // The post, then the comment, then its post and author.
    expect(queries).toEqual({ posts: 2, comments: 1, cards: 3, edges: 3 });
  });
});
