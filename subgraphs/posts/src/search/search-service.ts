import {
  BadUserInputError,
  type Connection,
  type ConnectionArguments,
  lengthOf,
  pageRequest,
  type TimeKey,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { Post, PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import type { PostListRepository } from '../post/post-list-repository.ts';
import { mayFindPostsOf } from '../post/post-policy.ts';
import { postKey } from '../post/post-reader.ts';
import { wordsOf } from '../text/folded-text.ts';

const MIN_LENGTH = 2;
const MAX_LENGTH = 100;
/** Most words that are looked for; further ones are left out. */
const MAX_WORDS = 8;

const cursors = timeCursorCodec('post-search');

function wordsOfQuery(query: string): string[] {
  const length = lengthOf(query.trim());
  if (length >= MIN_LENGTH && length <= MAX_LENGTH) return [...new Set(wordsOf(query))].slice(0, MAX_WORDS);
  const message = `"query" must have ${MIN_LENGTH} to ${MAX_LENGTH} characters.`;
  throw new BadUserInputError(message, { details: { argument: 'query' } });
}

/** Finds posts by their words. */
export function createSearchService(access: PostAccess, lists: PostListRepository) {
  /** The last word on what turns up. Engines differ in whether a text search wants all words or any, and in folding. */
  async function show(scope: ViewerScope, words: readonly string[], post: Post): Promise<PostView | null> {
    const present = new Set(wordsOf(post.content));
    if (!words.every((word) => present.has(word))) return null;
    if (!mayFindPostsOf(await meet(scope, post.authorId))) return null;
    return (await access.show(scope, [post]))[0] ?? null;
  }

  return {
    /**
     * Posts with all of these words that the viewer may see, of people whose page they may see; newest first.
     *
     * @throws BadUserInputError when the text is too short or too long.
     */
    async posts(scope: ViewerScope, query: string, args: ConnectionArguments): Promise<Connection<PostView>> {
      const words = wordsOfQuery(query);
      return visibleConnection<Post, TimeKey, PostView>({
        request: pageRequest(args, cursors),
        codec: cursors,
        keyOf: postKey,
        read: async (request) => (words.length === 0 ? [] : lists.withWords(words, scope.viewerId, request)),
        show: (posts) => Promise.all(posts.map((post) => show(scope, words, post))),
      });
    },
  };
}

/** What {@link createSearchService} returns. */
export type SearchService = ReturnType<typeof createSearchService>;
