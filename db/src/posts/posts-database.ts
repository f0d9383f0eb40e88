import type { Db } from 'mongodb';
import type { DatabaseDefinition } from '../mongo/index.ts';
import { inbox, outbox, outboxRelay } from '../mongo/messaging.ts';
import { cardLookupIndexes, peopleCollections, relationListIndexes } from '../people/people.ts';
import { comments } from './comments.ts';
import { hashtags, hashtagUsage } from './hashtags.ts';
import { likes } from './likes.ts';
import { pollVotes, postViews } from './post-traces.ts';
import { posts } from './posts.ts';
import { shares } from './shares.ts';
import { largeAuthors, timelines } from './timelines.ts';

/** The database of posts (specification, 1176-1476, as the decisions on posts change it). */
export const postsDatabase: DatabaseDefinition<Db> = {
  name: 'PostFeedServiceDB',
  collections: [
    posts,
    comments,
    likes,
    shares,
    hashtags,
    hashtagUsage,
    pollVotes,
    postViews,
    timelines,
    largeAuthors,
    ...peopleCollections(relationListIndexes, cardLookupIndexes),
    outbox,
    outboxRelay,
    inbox,
  ],
  migrations: [],
};
