import { createEvent } from '@postbook/events';
import type { MongoTransaction } from '@postbook/service-kit';
import type { LargeAuthorRepository } from '../feed/large-author-repository.ts';
import type { TimelineRepository } from '../feed/timeline-repository.ts';
import type { HashtagRepository } from '../hashtag/hashtag-repository.ts';
import type { VoteRepository } from '../poll/vote-repository.ts';
import type { VoteService } from '../poll/vote-service.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { ReactionRepository } from '../reaction/reaction-repository.ts';
import type { ReactionWriter } from '../reaction/reaction-writer.ts';
import type { ErasureRepository } from './erasure-repository.ts';
import type { PostEraser } from './post-eraser.ts';

/** What {@link createErasureService} needs. */
export interface ErasureServiceOptions {
  readonly eraser: PostEraser;
  readonly erasures: ErasureRepository;
  readonly reactions: ReactionRepository;
  readonly reactionWriter: Pick<ReactionWriter, 'erase'>;
  readonly votes: VoteRepository;
  readonly voteService: VoteService;
  readonly timelines: TimelineRepository;
  readonly hashtags: HashtagRepository;
  readonly largeAuthors: LargeAuthorRepository;
  readonly publisher: Publisher;
}

/** Things that are done at a time. */
const CHUNK = 100;
/** Documents that are removed at a time. */
const BULK = 500;

/** Repeats a step until it finds nothing left. @returns how much there was. */
async function untilDone(step: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const count = await step();
    if (count === 0) return total;
    total += count;
  }
}

/** Erases people (decisions, Auth 10). */
export function createErasureService(options: ErasureServiceOptions) {
  const { eraser, erasures, reactions, reactionWriter, votes, voteService, timelines, hashtags } = options;

  async function erasePosts(userId: string): Promise<number> {
    const posts = await erasures.postsOf(userId, CHUNK);
    for (const post of posts) await eraser.erase(post);
    return posts.length;
  }

  /** One by one: each is counted where it was. */
  async function eraseReactions(userId: string): Promise<number> {
    const own = await reactions.ofAuthor(userId, CHUNK);
    for (const { target } of own) await reactionWriter.erase(target, userId);
    return own.length;
  }

  async function eraseVotes(userId: string): Promise<number> {
    const polls = await votes.pollsOf(userId, CHUNK);
    for (const postId of polls) await voteService.withdraw(userId, postId);
    return polls.length;
  }

  return {
    /**
     * Removes a person's posts, reactions, votes and traces, in small steps. Comments stay, as others answered them:
     * their author is shown as a deleted user. To be run until done; what is gone is not done again.
     *
     * @returns how many items.
     */
    async erase(userId: string): Promise<number> {
      await options.largeAuthors.unmark(userId);
      let count = 0;
      for (const step of [
        () => erasePosts(userId),
        () => eraseReactions(userId),
        () => eraseVotes(userId),
        () => erasures.anonymiseComments(userId, BULK),
        () => erasures.removeNames(userId, BULK),
        () => erasures.removePersonTraces(userId, BULK),
        () => timelines.eraseReader(userId, BULK),
        () => hashtags.eraseUser(userId, BULK),
      ]) {
        count += await untilDone(step);
      }
      return count;
    },

    /** The receipt that auth collects. */
    confirm: (tx: MongoTransaction, userId: string, erasedItems: number, version: number): Promise<void> =>
      options.publisher.publish(tx, [
        createEvent({
          type: 'UserDataErased',
          aggregateId: userId,
          version,
          payload: { userId, service: 'posts', erasedItems },
        }),
      ]),
  };
}

/** What {@link createErasureService} returns. */
export type ErasureService = ReturnType<typeof createErasureService>;
