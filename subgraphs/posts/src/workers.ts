import type { EventOf } from '@postbook/events';
import type { CardRepository, RelationRepository } from '@postbook/people';
import {
  type Component,
  EVENTS_AT_ONCE,
  type JobDefinition,
  type MongoTransaction,
  type Platform,
  purgeInbox,
  type Transactor,
} from '@postbook/service-kit';
import type { PostsConfig } from './config.ts';
import { createErasureConsumer } from './erasure/erasure-consumer.ts';
import { createErasureService } from './erasure/erasure-service.ts';
import { createPostEraser } from './erasure/post-eraser.ts';
import { sweepJob } from './erasure/sweep-job.ts';
import { createBackfill } from './feed/backfill.ts';
import { createFanOut } from './feed/fan-out.ts';
import { createLargeAuthorReview, largeAuthorJob } from './feed/large-author-review.ts';
import { createHashtagTally } from './hashtag/hashtag-tally.ts';
import { createTrendRefresher, trendJob } from './hashtag/trend-job.ts';
import type { VoteService } from './poll/vote-service.ts';
import { createEventReader } from './publishing/event-reader.ts';
import type { Publisher } from './publishing/publisher.ts';
import type { ReactionWriter } from './reaction/reaction-writer.ts';
import type { Repositories } from './services.ts';
import { counterJob, createCounterReconciler } from './upkeep/counter-reconciler.ts';

/** What {@link createWorkers} needs. */
export interface WorkersOptions {
  readonly config: PostsConfig;
  readonly platform: Platform;
  readonly repositories: Repositories;
  readonly transactor: Transactor<MongoTransaction>;
  readonly publisher: Publisher;
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
  readonly reactionWriter: ReactionWriter;
  readonly voteService: VoteService;
  readonly now: () => Date;
}

type PostEvent = EventOf<'PostCreated' | 'PostUpdated' | 'PostDeleted'>;
const POST_EVENTS = ['PostCreated', 'PostUpdated', 'PostDeleted'] as const;

/** What works besides requests: consumers of events, and jobs. */
export function createWorkers(options: WorkersOptions): { components: Component[]; jobs: JobDefinition[] } {
  const { config, platform, repositories, transactor, relations, now } = options;
  const { bus, log } = platform;
  const { posts, comments, lists, timelines, hashtags, reactions, largeAuthors, counters, erasures, inbox } =
    repositories;
  const { largeAuthorReaders } = config;
  const fanOut = createFanOut({ posts, timelines, relations, largeAuthors, largeAuthorReaders, now });
  const backfill = createBackfill(transactor, { cards: options.cards, relations }, lists, timelines, largeAuthors);
  const tally = createHashtagTally(transactor, posts, hashtags);
  const eraser = createPostEraser({ ...options, posts, reactions, erasures, tally, fanOut });
  const erasure = createErasureService({ ...options, ...repositories, eraser });
  const review = createLargeAuthorReview({ largeAuthors, relations, lists, fanOut, largeAuthorReaders });
  return {
    components: [
      createEventReader(bus, {
        group: 'posts-timelines',
        types: POST_EVENTS,
        handler: ({ payload }: PostEvent) => fanOut.settle(payload.postId),
      }),
      createEventReader(bus, {
        group: 'posts-hashtags',
        types: POST_EVENTS,
        concurrency: EVENTS_AT_ONCE,
        handler: ({ payload }: PostEvent) => tally.settle(payload.postId),
      }),
      createEventReader(bus, {
        group: 'posts-follows',
        types: ['Followed', 'Unfollowed'] as const,
        handler: backfill.settle,
      }),
      createErasureConsumer({ bus, inbox, transactor, erasure }),
    ],
    jobs: [
      trendJob(createTrendRefresher(hashtags, now)),
      counterJob(createCounterReconciler({ transactor, posts, comments, reactions, counters, log })),
      largeAuthorJob(review),
      sweepJob(eraser, erasures, now),
      { name: 'posts-purge-inbox', schedule: '29 * * * *', run: async () => void (await purgeInbox(inbox)) },
    ],
  };
}
