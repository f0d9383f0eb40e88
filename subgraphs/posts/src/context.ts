import { type RequestScope, viewerOf } from '@postbook/service-kit';
import type { CommentDeleter } from './comment/comment-deleter.ts';
import type { CommentReader } from './comment/comment-reader.ts';
import type { CommentService } from './comment/comment-service.ts';
import type { FeedService } from './feed/feed-service.ts';
import type { HashtagReader } from './hashtag/hashtag-reader.ts';
import type { LiveService } from './live/live-service.ts';
import { createLoaders, type LoaderSources, type Loaders } from './loaders.ts';
import { createViewerScope, type ViewerScope, type ViewerScopeSources } from './people/viewer-scope.ts';
import type { VoteService } from './poll/vote-service.ts';
import type { PostEditor } from './post/post-editor.ts';
import type { PostReader } from './post/post-reader.ts';
import type { PostService } from './post/post-service.ts';
import type { ReactionReader } from './reaction/reaction-reader.ts';
import type { ReactionService } from './reaction/reaction-service.ts';
import type { SearchService } from './search/search-service.ts';

/** The rules of posts; the same for all requests. */
export interface PostsServices {
  readonly posts: PostService;
  readonly postEditor: PostEditor;
  readonly postReader: PostReader;
  readonly votes: VoteService;
  readonly reactions: ReactionService;
  readonly reactionReader: ReactionReader;
  readonly comments: CommentService;
  readonly commentDeleter: CommentDeleter;
  readonly commentReader: CommentReader;
  readonly feed: FeedService;
  readonly hashtags: HashtagReader;
  readonly search: SearchService;
  readonly live: LiveService;
  readonly people: ViewerScopeSources;
  readonly sources: LoaderSources;
  readonly now: () => Date;
}

/** What a resolver of posts may use. */
export interface Context extends RequestScope {
  readonly services: PostsServices;
  /** Who looks, and what was read about people for them in this request. */
  readonly scope: ViewerScope;
  /** Of this request, or this event of a subscription, alone. */
  readonly loaders: Loaders;
}

/** Makes the context of one request. */
export function createContext(request: RequestScope, services: PostsServices): Context {
  const scope = createViewerScope(viewerOf(request)?.userId, services.people);
  return { ...request, services, scope, loaders: createLoaders(scope, services.sources) };
}
