import { type AuthDatabase, migrateAuthDatabase, openAuthDatabase } from '@postbook/db/auth';
import type { Component } from '@postbook/service-kit';
import type { AuthConfig } from '../config.ts';

/** Auth's database and its connections. */
export interface AuthStore extends Component {
  readonly db: AuthDatabase;
}

/** Opens the store. Its start brings the database up to date: any number of processes may do so at once. */
export function createAuthStore(config: AuthConfig['postgres']): AuthStore {
  const { db, ping, close } = openAuthDatabase(config);
  return {
    name: 'postgres',
    db,
    async start() {
      await migrateAuthDatabase(config);
      await ping();
    },
    check: ping,
    stop: close,
  };
}
