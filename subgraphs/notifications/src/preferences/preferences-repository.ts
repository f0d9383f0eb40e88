import type { NotificationPreferencesDocument } from '@postbook/db/notifications';
import type { MongoTransaction } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import { DEFAULT_PREFERENCES, type Preferences } from './preferences.ts';

/** How people want to be told: collection `notification_preferences`. */
export function createPreferencesRepository(db: Db) {
  const preferences = db.collection<NotificationPreferencesDocument>('notification_preferences');
  return {
    /** The defaults for somebody who never changed anything. */
    async read(userId: string, tx?: MongoTransaction): Promise<Preferences> {
      const stored = await preferences.findOne(
        { _id: userId },
        { ...(tx ? { session: tx.session } : {}), comment: 'preferences.read' },
      );
      if (!stored) return DEFAULT_PREFERENCES;
      return { switches: stored.switches, quietHours: stored.quietHours ?? null, timeZone: stored.timeZone };
    },

    async write(tx: MongoTransaction, userId: string, changed: Preferences, at: Date): Promise<void> {
      const { switches, quietHours, timeZone } = changed;
      await preferences.replaceOne(
        { _id: userId },
        { switches: [...switches], ...(quietHours ? { quietHours } : {}), timeZone, updatedAt: at },
        { upsert: true, session: tx.session, comment: 'preferences.write' },
      );
    },

    async erase(userId: string): Promise<number> {
      return (await preferences.deleteOne({ _id: userId }, { comment: 'preferences.erase' })).deletedCount;
    },
  };
}

/** What {@link createPreferencesRepository} returns. */
export type PreferencesRepository = ReturnType<typeof createPreferencesRepository>;
