import { relationshipId } from '@postbook/events';
import type { RelationRepository } from '@postbook/people';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { LargeAuthorRepository } from './large-author-repository.ts';
import { type FeedEntry, isCutDue } from './timeline.ts';
import type { TimelineRepository } from './timeline-repository.ts';

/** Readers written to at a time. */
const CHUNK = 500;

/** What {@link createFanOut} needs. */
export interface FanOutOptions {
  readonly posts: PostRepository;
  readonly timelines: TimelineRepository;
  readonly relations: RelationRepository;
  readonly largeAuthors: LargeAuthorRepository;
  /** Readers above which an author's posts are looked up instead. */
  readonly largeAuthorReaders: number;
  readonly now: () => Date;
}

const toEntry = ({ id, authorId, createdAt }: Post): FeedEntry => ({ postId: id, authorId, createdAt });

/**
 * Writes posts into the feeds of those who follow their authors. Every step may be done again: a crash in the middle is
 * mended by the event coming again, and what is there stays as it is.
 */
export function createFanOut(options: FanOutOptions) {
  const { posts, timelines, relations, largeAuthors, largeAuthorReaders, now } = options;

  /** Those of these people who have this edge with the author. */
  async function withEdge(kind: 'Friend' | 'Follow', authorId: string, readers: readonly string[]): Promise<string[]> {
    const idOf = (reader: string) => relationshipId(kind, reader, authorId);
    const edges = await relations.edgesById(readers.map(idOf));
    return readers.filter((reader) => edges.get(idOf(reader))?.isActive);
  }

  /** All followers, or undefined when the author has too many of them. */
  async function followersOf(authorId: string): Promise<string[] | undefined> {
    const followers: string[] = [];
    for (;;) {
      const page = await relations.followersOf(authorId, followers.at(-1), CHUNK);
      followers.push(...page);
      if (followers.length > largeAuthorReaders) return undefined;
      if (page.length < CHUNK) return followers;
    }
  }

  async function write(readers: readonly string[], entry: FeedEntry): Promise<void> {
    for (let start = 0; start < readers.length; start += CHUNK) {
      const chunk = readers.slice(start, start + CHUNK);
      await timelines.write(chunk, [entry]);
      for (const reader of chunk) if (isCutDue(reader, entry.postId)) await timelines.cut(reader);
    }
  }

  async function deliverToFollowers(post: Post): Promise<void> {
    const followers = await followersOf(post.authorId);
    if (!followers) {
      await largeAuthors.mark(post.authorId, largeAuthorReaders + 1, now());
      return;
    }
    for (let start = 0; start < followers.length; start += CHUNK) {
      const chunk = followers.slice(start, start + CHUNK);
      const readers = post.visibility === 'Friends' ? await withEdge('Friend', post.authorId, chunk) : chunk;
      await write(readers, toEntry(post));
    }
  }

  /** Takes the post out of all feeds: who reads one meanwhile doesn't see it anyway. */
  async function withdraw(postId: string): Promise<void> {
    while ((await timelines.removePost(postId, CHUNK)) > 0);
  }

  return {
    /** Brings feeds into line with a post as it is now. */
    async settle(postId: string): Promise<void> {
      const [post] = await posts.byIds([postId]);
      if (!post || post.isDeleted || post.visibility === 'Private') return withdraw(postId);
      if (post.visibility !== 'Custom') return deliverToFollowers(post);
      await write(await withEdge('Follow', post.authorId, post.audience), toEntry(post));
    },
    withdraw,
  };
}

/** What {@link createFanOut} returns. */
export type FanOut = ReturnType<typeof createFanOut>;
