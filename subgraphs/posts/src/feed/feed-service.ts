import {
  type Connection,
  type ConnectionArguments,
  type PageRequest,
  pageRequest,
  type TimeKey,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import type DataLoader from 'dataloader';
import { type MetPerson, meetAll, type ViewerScope } from '../people/viewer-scope.ts';
import type { Post, PostView } from '../post/post.ts';
import type { PostListRepository } from '../post/post-list-repository.ts';
import { belongsInFeed, maySeePost } from '../post/post-policy.ts';
import type { LargeAuthors } from './large-authors.ts';
import { entryKey, type FeedEntry, mergeEntries } from './timeline.ts';
import type { TimelineRepository } from './timeline-repository.ts';

/** What {@link createFeedService} needs. */
export interface FeedServiceOptions {
  readonly timelines: TimelineRepository;
  readonly lists: PostListRepository;
  readonly largeAuthors: LargeAuthors;
  /** By id, whoever looks. */
  readonly posts: Pick<DataLoader<string, Post | null>, 'load'>;
}

const cursors = timeCursorCodec('home-feed');

/** An entry with all that decides about it. */
interface Hydrated {
  readonly post: Post | null;
  readonly author: MetPerson | undefined;
}

/** Reads home feeds in four steps: which posts there may be, what they are, which may be seen, what is shown. */
export function createFeedService({ timelines, lists, largeAuthors, posts }: FeedServiceOptions) {
  /** Ids of posts: what was written into the feed, and what is looked up, as of large authors and the reader's own. */
  async function skeleton(readerId: string, request: PageRequest<TimeKey>): Promise<FeedEntry[]> {
    const [written, lookedUp] = await Promise.all([
      timelines.page(readerId, request),
      largeAuthors.followedBy(readerId).then((authors) => lists.entriesOf([readerId, ...authors], request)),
    ]);
    return mergeEntries([written, lookedUp], request.direction, request.limit);
  }

  /** The posts as they are now, and what the reader is to their authors. */
  async function hydrate(scope: ViewerScope, entries: readonly FeedEntry[]): Promise<Hydrated[]> {
    const [found, authors] = await Promise.all([
      Promise.all(entries.map(({ postId }) => posts.load(postId))),
      meetAll(
        scope,
        entries.map(({ authorId }) => authorId),
      ),
    ]);
    return entries.map((_entry, index) => ({ post: found[index] ?? null, author: authors[index] }));
  }

  /** Whatever was true when it was written: what the reader may see now, of people they follow now. */
  const isAllowed = (scope: ViewerScope, post: Post, author: MetPerson): boolean =>
    belongsInFeed(author, author.isFollowing) && maySeePost(scope.viewerId, post, author);

  const present = (scope: ViewerScope, { post, author }: Hydrated): PostView | null =>
    post && author && isAllowed(scope, post, author) ? { post, standing: author.standing } : null;

  return {
    /** The reader's feed, newest first. @throws BadUserInputError */
    home: (scope: ViewerScope, readerId: string, args: ConnectionArguments): Promise<Connection<PostView>> =>
      visibleConnection<FeedEntry, TimeKey, PostView>({
        request: pageRequest(args, cursors),
        codec: cursors,
        keyOf: entryKey,
        read: (request) => skeleton(readerId, request),
        show: async (entries) => (await hydrate(scope, entries)).map((hydrated) => present(scope, hydrated)),
      }),
  };
}

/** What {@link createFeedService} returns. */
export type FeedService = ReturnType<typeof createFeedService>;
