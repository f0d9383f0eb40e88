import { describe, expect, it } from 'vitest';
import { type DatabaseServers, domainDatabases } from '../../src/domains.ts';
import { serverUrl } from '../auth/database-fixture.ts';
import { mongodbUrl } from './mongodb-url.ts';

const servers: DatabaseServers = { postgres: serverUrl(), mongodb: mongodbUrl() };

describe('the databases of the graph', () => {
  it('are six, under the names of the specification', () => {
    expect(domainDatabases.map(({ name }) => name).sort()).toEqual([
      'ChatServiceDB',
      'MediaServiceDB',
      'NotificationServiceDB',
      'PostFeedServiceDB',
      'UserProfileServiceDB',
      'auth_service_db',
    ]);
  });

  // Under their own names, as these are what the commands know: they stay, and nothing else of the tests uses them.
  it.each(domainDatabases.map((domain) => [domain.name, domain] as const))(
    'has no difference left in %s once it was migrated, by several at once and again',
    async (_name, domain) => {
      await Promise.all([domain.migrate(servers), domain.migrate(servers)]);
      expect(await domain.differences(servers)).toEqual([]);
      await domain.migrate(servers);
      expect(await domain.differences(servers)).toEqual([]);
    },
  );
});
