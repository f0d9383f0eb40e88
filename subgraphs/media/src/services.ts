import { createPeople } from '@postbook/people';
import {
  type Component,
  createMongoInboxRepository,
  createMongoOutboxRepository,
  createMongoTransactor,
  createOutboxRelay,
  type HttpRoute,
  type JobDefinition,
  type MongoDatabase,
  type Platform,
  purgeInbox,
} from '@postbook/service-kit';
import type { MediaConfig } from './config.ts';
import type { MediaServices } from './context.ts';
import { createErasureConsumer } from './erasure/erasure-consumer.ts';
import { createErasureService } from './erasure/erasure-service.ts';
import { createLiveService } from './live/live-service.ts';
import { announce } from './live/media-topic.ts';
import type { MediaFile } from './media/media.ts';
import { createMediaReader } from './media/media-reader.ts';
import { createMediaRepository } from './media/media-repository.ts';
import { createMediaService } from './media/media-service.ts';
import { createContentProcessor } from './processing/content-processor.ts';
import { createProcessingRepository } from './processing/processing-repository.ts';
import { createProcessingService } from './processing/processing-service.ts';
import { createReferenceConsumer } from './reference/reference-consumer.ts';
import { createReferenceRepository } from './reference/reference-repository.ts';
import { fileRoutes } from './serving/file-routes.ts';
import { createMediaUrls } from './serving/media-urls.ts';
import { createUrlSigner } from './serving/url-signer.ts';
import { createStorage } from './storage/create-storage.ts';
import type { MediaStorage } from './storage/storage.ts';
import { createSweepRepository } from './sweep/sweep-repository.ts';
import { createSweeper } from './sweep/sweeper.ts';
import { createUploadRepository } from './upload/upload-repository.ts';
import { uploadRoute } from './upload/upload-route.ts';
import { createUploadService, type UploadServiceOptions } from './upload/upload-service.ts';

/** What the services stand on. */
export interface Foundation {
  readonly config: MediaConfig;
  readonly platform: Platform;
  readonly database: MongoDatabase;
  /** What URLs begin with: known for sure once the service listens. */
  readonly publicUrl: () => string;
  /** Default: as the configuration says. */
  readonly storage?: MediaStorage | undefined;
  /** The clock; tests and sample data have their own. */
  readonly now?: (() => Date) | undefined;
  /** Makes the ids of new files; the sample data knows its own. Default: random ones. */
  readonly newId?: UploadServiceOptions['newId'];
}

function createRepositories({ db }: MongoDatabase) {
  return {
    media: createMediaRepository(db),
    uploads: createUploadRepository(db),
    processing: createProcessingRepository(db),
    references: createReferenceRepository(db),
    sweep: createSweepRepository(db),
    outbox: createMongoOutboxRepository(db),
    inbox: createMongoInboxRepository(db),
  };
}

/** Makes the services, the parts of the process that work for them in the order in which these start, and the routes. */
export function createServices(foundation: Foundation) {
  const { config, database, platform, publicUrl: base, newId, now = () => new Date() } = foundation;
  const { bus, live, log, metrics } = platform;
  const storage = foundation.storage ?? createStorage(config.storage);
  const { media, uploads, references, sweep, inbox, outbox, ...repositories } = createRepositories(database);
  const transactor = createMongoTransactor(database.client, {
    onAfterCommitError: (error) => log.error({ err: error }, 'work after a commit failed'),
  });
  const relay = createOutboxRelay({ name: 'media', repository: outbox, bus, log, metrics, topics: live });
  const onEvent = () => relay.kick();
  const signer = createUrlSigner(config.signingSecret);
  const urls = createMediaUrls({ base, signer, now });
  const people = createPeople({
    service: 'media',
    platform,
    database,
    inbox,
    transactor,
    owners: config.owners,
    secret: config.internalIdentitySecret,
    keeps: ['Block'],
  });

  const sweeper = createSweeper({ transactor, repository: sweep, storage, log, now });
  const erasure = createErasureService({ transactor, repository: sweep, sweeper, outbox, now });
  const processing = createProcessingService({
    transactor,
    repository: repositories.processing,
    processor: createContentProcessor(storage),
    storage,
    outbox,
    log,
    now,
    concurrency: config.processingConcurrency,
    leaseMs: config.processingLeaseMs,
    onEvent,
    onChanged: (file) => void announce(live, file),
  });
  const onReceived = (file: MediaFile) => {
    void announce(live, file);
    processing.kick();
  };
  const onDeleted = (file: MediaFile) => {
    void announce(live, file);
    sweeper.kick();
  };
  const { quotas } = config;
  const uploadService = createUploadService({
    ...{ transactor, media, uploads, storage, urls, quotas, newId, now, onReceived },
  });

  const reader = createMediaReader({ media, relations: people.relations, urls, now });
  const services: MediaServices = {
    media: createMediaService({ transactor, media, outbox, now, onEvent, onDeleted }),
    reader,
    uploads: uploadService,
    live: createLiveService({ reader, live, log }),
    urls,
  };
  const components: Component[] = [
    storage,
    relay,
    people.consumer,
    createReferenceConsumer({ bus, inbox, transactor, references, now }),
    createErasureConsumer({ bus, inbox, transactor, erasure, onEvent }),
    processing,
    sweeper,
  ];
  const routes: HttpRoute[] = [
    uploadRoute({ service: uploadService, storage, signer, stallMs: config.uploadStallMs, now, log }),
    ...fileRoutes({ find: (id) => uploadService.find(id), storage, signer, now, log }),
  ];
  const jobs: JobDefinition[] = [
    {
      name: 'media-process',
      schedule: { everyMs: 30_000 },
      async run({ signal }) {
        await processing.reap();
        await processing.drain(signal);
      },
    },
    { name: 'media-sweep', schedule: '*/10 * * * *', run: async ({ signal }) => void (await sweeper.sweep(signal)) },
    { name: 'media-purge-inbox', schedule: '29 * * * *', run: async () => void (await purgeInbox(inbox)) },
  ];
  return { services, components, routes, jobs, processing, storage, sweeper };
}
