import { createAttachments } from '@postbook/attachments';
import { createReconciliationRepository, type ReconciliationRepository } from '@postbook/people';
import {
  createMongoInboxRepository,
  createMongoOutboxRepository,
  createMongoTransactor,
  type Inbox,
  type Logger,
  type MongoDatabase,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import { createErasureService, type ErasureService } from './account-events/erasure-service.ts';
import { createActivityRepository } from './activity/activity-repository.ts';
import type { AccountDirectory } from './auth-accounts/account-directory.ts';
import type { ProfilesConfig } from './config.ts';
import { createPeopleFeedRepository } from './feed/people-feed-repository.ts';
import { createPeopleFeedService, type PeopleFeedService } from './feed/people-feed-service.ts';
import {
  createFriendRequestRepository,
  type FriendRequestRepository,
} from './friend-request/friend-request-repository.ts';
import { createFriendRequestService, type FriendRequestService } from './friend-request/friend-request-service.ts';
import { createPictureService, type PictureService } from './profile/picture-service.ts';
import { createProfileDirectory, type ProfileDirectory } from './profile/profile-directory.ts';
import { createProfileRepository, type ProfileRepository } from './profile/profile-repository.ts';
import { createProfileService, type ProfileService } from './profile/profile-service.ts';
import { createProfileWriter } from './profile/profile-writer.ts';
import { createEdgeRepository, type EdgeRepository } from './relationship/edge-repository.ts';
import { createPairRepository } from './relationship/pair-repository.ts';
import { createPairTransactor, type PairTransactor } from './relationship/pair-transactor.ts';
import { createPeopleListService, type PeopleListService } from './relationship/people-list-service.ts';
import { createRelationshipService, type RelationshipService } from './relationship/relationship-service.ts';
import { createSearchRepository } from './search/search-repository.ts';
import { createSearchService, type SearchService } from './search/search-service.ts';

/** Everything that resolvers, jobs and consumers call. */
export interface ProfilesServices {
  readonly profile: ProfileService;
  readonly picture: PictureService;
  readonly directory: ProfileDirectory;
  readonly relationship: RelationshipService;
  readonly peopleLists: PeopleListService;
  readonly friendRequest: FriendRequestService;
  readonly search: SearchService;
  readonly feed: PeopleFeedService;
  readonly erasure: ErasureService;
  readonly transactor: Transactor<MongoTransaction>;
  readonly pairs: PairTransactor;
  readonly inbox: Inbox<MongoTransaction> & ReturnType<typeof createMongoInboxRepository>;
  readonly outbox: ReturnType<typeof createMongoOutboxRepository>;
  readonly states: ReconciliationRepository;
  readonly repositories: {
    readonly profiles: ProfileRepository;
    readonly edges: EdgeRepository;
    readonly requests: FriendRequestRepository;
  };
}

/** What {@link createServices} works with. */
export interface ServicesParts {
  readonly database: MongoDatabase;
  readonly config: ProfilesConfig;
  readonly accounts: AccountDirectory | undefined;
  readonly log: Logger;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Joins repositories and services. Nothing connects. */
export function createServices({ accounts, config, database, log, onEvent }: ServicesParts): ProfilesServices {
  const { client, db } = database;
  const transactor = createMongoTransactor(client, {
    onAfterCommitError: (error) => log.error({ err: error }, 'work after a commit failed'),
  });
  const profiles = createProfileRepository(db);
  const edges = createEdgeRepository(db);
  const requests = createFriendRequestRepository(db);
  const activities = createActivityRepository(db);
  const outbox = createMongoOutboxRepository(db);
  const pairs = createPairTransactor(transactor, createPairRepository(db));
  const parts = { activities, edges, onEvent, outbox, pairs, profiles, requests, transactor };
  const writer = createProfileWriter(parts);
  const { internalIdentitySecret: secret, mediaUrl } = config;
  const attachments = createAttachments({ mediaUrl, secret, service: 'profiles' });
  return {
    profile: createProfileService({ ...parts, writer }),
    picture: createPictureService({ attachments, writer }),
    directory: createProfileDirectory({ ...parts, accounts, log }),
    relationship: createRelationshipService(parts),
    peopleLists: createPeopleListService(edges),
    friendRequest: createFriendRequestService(parts),
    search: createSearchService(createSearchRepository(db)),
    feed: createPeopleFeedService(createPeopleFeedRepository(db)),
    erasure: createErasureService(parts),
    transactor,
    pairs,
    inbox: createMongoInboxRepository(db),
    outbox,
    states: createReconciliationRepository(db),
    repositories: { profiles, edges, requests },
  };
}
