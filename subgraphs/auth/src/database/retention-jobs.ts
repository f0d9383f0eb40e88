import { type InboxRepository, type JobDefinition, purgeInbox } from '@postbook/service-kit';
import type { RetentionRepository } from './retention-repository.ts';

/** Upkeep of the store: partitions ahead of their month, and nightly removal of what ran out. */
export const retentionJobs = (retention: RetentionRepository, inbox: InboxRepository): readonly JobDefinition[] => [
  {
    name: 'auth-login-history-partitions',
    schedule: '10 0 * * *',
    runAtFirstStart: true,
    async run({ log }) {
      const made = await retention.ensurePartitions();
      if (made > 0) log.info({ made }, 'partitions of the login history were made');
    },
  },
  {
    name: 'auth-clean-up',
    schedule: '30 3 * * *',
    async run({ log }) {
      const removed = await retention.cleanUp();
      const forgotten = await purgeInbox(inbox);
      log.info({ removed, forgotten }, 'what ran out was removed');
    },
  },
];
