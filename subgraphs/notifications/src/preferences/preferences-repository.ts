import type { NotificationPreferencesDocument } from '@postbook/db/notifications';
import type { MongoTransaction } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import { DEFAULT_PREFERENCES, type Preferences } from './preferences.ts';

const toPreferences = (stored: NotificationPreferencesDocument): Preferences => ({
  switches: stored.switches,
  quietHours: stored.quietHours ?? null,
  timeZone: stored.timeZone,
});

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
      return stored ? toPreferences(stored) : DEFAULT_PREFERENCES;
    },

    /** By person; those who never changed anything are left out. */
    async byUserIds(userIds: readonly string[]): Promise<Map<string, Preferences>> {
      const rows = await preferences
        .find({ _id: { $in: [...userIds] } }, { comment: 'preferences.byUserIds' })
        .toArray();
      return new Map(rows.map((stored) => [stored._id, toPreferences(stored)]));
    },

    async write(tx: MongoTransaction, userId: string, changed: Preferences, at: Date): Promise<void> {
      const { switches, quietHours, timeZone } = changed;
      await preferences.replaceOne(
        { _id: userId },
        { switches: [...switches], ...(quietHours ? { quietHours } : {}), timeZone, updatedAt: at },
        { upsert: true, session: tx.session, comment: 'preferences.write' },
      );
    },

    async erase(userId: string, tx?: MongoTransaction): Promise<number> {
      const { deletedCount } = await preferences.deleteOne(
        { _id: userId },
        { ...(tx ? { session: tx.session } : {}), comment: 'preferences.erase' },
      );
      return deletedCount;
    },
  };
}

/** What {@link createPreferencesRepository} returns. */
export type PreferencesRepository = ReturnType<typeof createPreferencesRepository>;
