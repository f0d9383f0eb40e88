import { createAttachments } from '@postbook/attachments';
import { createPeople } from '@postbook/people';
import {
  type Component,
  createMongoInboxRepository,
  createMongoOutboxRepository,
  createMongoTransactor,
  createOutboxRelay,
  type MongoDatabase,
  type Platform,
} from '@postbook/service-kit';
import { createCommentAccess } from './comment/comment-access.ts';
import { createCommentDeleter } from './comment/comment-deleter.ts';
import { createCommentReader } from './comment/comment-reader.ts';
import { createCommentRepository } from './comment/comment-repository.ts';
import { createCommentService } from './comment/comment-service.ts';
import { createCommentWriter } from './comment/comment-writer.ts';
import type { PostsConfig } from './config.ts';
import type { PostsServices } from './context.ts';
import { createErasureRepository } from './erasure/erasure-repository.ts';
import { createFeedService } from './feed/feed-service.ts';
import { createLargeAuthorRepository } from './feed/large-author-repository.ts';
import { createLargeAuthors } from './feed/large-authors.ts';
import { createTimelineRepository } from './feed/timeline-repository.ts';
import { createHashtagReader } from './hashtag/hashtag-reader.ts';
import { createHashtagRepository } from './hashtag/hashtag-repository.ts';
import { createGatheredLoaders } from './live/gathered-loaders.ts';
import { createLiveService } from './live/live-service.ts';
import { createMentions } from './people/mentions.ts';
import { createVoteRepository } from './poll/vote-repository.ts';
import { createVoteService } from './poll/vote-service.ts';
import { createPostAccess } from './post/post-access.ts';
import { createPostEditor } from './post/post-editor.ts';
import { createPostListRepository } from './post/post-list-repository.ts';
import { createPostReader } from './post/post-reader.ts';
import { createPostRepository } from './post/post-repository.ts';
import { createPostService } from './post/post-service.ts';
import { createPublisher } from './publishing/publisher.ts';
import { createReactionReader } from './reaction/reaction-reader.ts';
import { createReactionRepository } from './reaction/reaction-repository.ts';
import { createReactionService } from './reaction/reaction-service.ts';
import { createReactionWriter } from './reaction/reaction-writer.ts';
import { createSearchService } from './search/search-service.ts';
import { createSharedLoaders } from './shared-loaders.ts';
import { createEntityTransactor } from './transactions/entity-transactor.ts';
import { createCounterRepository } from './upkeep/counter-repository.ts';
import { createWorkers } from './workers.ts';

/** What the services stand on. */
export interface Foundation {
  readonly config: PostsConfig;
  readonly platform: Platform;
  readonly database: MongoDatabase;
  /** The clock by which things are made. */
  readonly now: () => Date;
}

function createRepositories({ db }: MongoDatabase) {
  return {
    posts: createPostRepository(db),
    lists: createPostListRepository(db),
    comments: createCommentRepository(db),
    reactions: createReactionRepository(db),
    votes: createVoteRepository(db),
    hashtags: createHashtagRepository(db),
    timelines: createTimelineRepository(db),
    largeAuthors: createLargeAuthorRepository(db),
    erasures: createErasureRepository(db),
    counters: createCounterRepository(db),
    outbox: createMongoOutboxRepository(db),
    inbox: createMongoInboxRepository(db),
  };
}

/** All stores of posts, each the only way to its collections. */
export type Repositories = ReturnType<typeof createRepositories>;

/** Makes the services and the parts of the process that work for them, in the order in which these start. */
export function createServices({ config, platform, database, now }: Foundation) {
  const { bus, live, log, metrics } = platform;
  const repositories = createRepositories(database);
  const { posts, lists, comments, reactions, votes, hashtags, timelines, largeAuthors, outbox, inbox } = repositories;
  const transactor = createMongoTransactor(database.client, {
    onAfterCommitError: (error) => log.error({ err: error }, 'work after a commit failed'),
  });
  const relay = createOutboxRelay({ name: 'posts', repository: outbox, bus, log, metrics, topics: live });
  const publisher = createPublisher(outbox, relay);
  const people = createPeople({
    service: 'posts',
    platform,
    database,
    inbox,
    transactor,
    owners: config.owners,
    secret: config.internalIdentitySecret,
    keeps: ['cards', 'settings', 'Friend', 'Follow', 'Block'],
  });
  const { cards, consumer, directory, relations } = people;
  const secret = config.internalIdentitySecret;
  const attachments = createAttachments({ mediaUrl: config.mediaUrl, secret, service: 'posts' });
  const shared = createSharedLoaders(posts, comments, directory);
  const access = createPostAccess(shared.posts);
  const commentAccess = createCommentAccess(access, shared.comments);
  const mentions = createMentions(cards, relations);
  const writing = { transactor, posts, mentions, publisher, live, now };
  const postReader = createPostReader(access, lists);
  const counting = { ...writing, transactor: createEntityTransactor(transactor), access, commentAccess, comments };
  const voteService = createVoteService({ ...counting, votes });
  const writer = createReactionWriter({ ...counting, reactions });
  const commentWriter = createCommentWriter(counting);
  const feedAuthors = createLargeAuthors(largeAuthors, relations);
  const loaders = createGatheredLoaders({ posts, comments, cards, relations });

  const services: PostsServices = {
    posts: createPostService({ ...writing, attachments }),
    postEditor: createPostEditor(writing),
    postReader,
    votes: voteService,
    reactions: createReactionService({ access, commentAccess, writer, now }),
    reactionReader: createReactionReader(reactions),
    comments: createCommentService({ ...counting, writer: commentWriter }),
    commentDeleter: createCommentDeleter(counting),
    commentReader: createCommentReader(commentAccess, comments),
    feed: createFeedService({ timelines, lists, largeAuthors: feedAuthors, posts: shared.posts }),
    hashtags: createHashtagReader(access, lists, hashtags),
    search: createSearchService(access, lists),
    live: createLiveService({ loaders, comments, live, headCheckMs: config.liveHeadCheckMs, log }),
    people: { relations, cards: shared.cards },
    sources: { access, commentAccess, postReader, reactions, votes },
    now,
  };
  const workers = createWorkers({
    ...{ config, platform, repositories, transactor, publisher, cards, relations, now },
    ...{ reactionWriter: writer, voteService },
  });
  const components: Component[] = [relay, consumer, ...workers.components];
  return { services, components, jobs: workers.jobs, people };
}
