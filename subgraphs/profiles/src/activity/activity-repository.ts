import type { ActivityType, UserActivityDocument } from '@postbook/db/profiles';
import type { MongoTransaction } from '@postbook/service-kit';
import { type Db, ObjectId } from 'mongodb';

/** How long activities are kept, in milliseconds: 90 days (specification, 969). */
export const ACTIVITY_RETENTION_MS = 90 * 24 * 60 * 60_000;

/** Something a person did. `metadata` has ids and names of fields only. */
export interface NewActivity {
  readonly userId: string;
  readonly activityType: ActivityType;
  readonly metadata: Readonly<Record<string, string | readonly string[]>>;
  /** Whether others may see it, where they may see the person. */
  readonly isPublic: boolean;
}

/** What people did. */
export interface ActivityRepository {
  record(tx: MongoTransaction, activities: readonly NewActivity[]): Promise<void>;
  /** Forgets what a person did. @returns how much that was. */
  erase(userId: string): Promise<number>;
}

/** Activities in `user_activities`. */
export function createActivityRepository(db: Db): ActivityRepository {
  const collection = db.collection<UserActivityDocument>('user_activities');
  return {
    async record(tx, activities) {
      if (activities.length === 0) return;
      const createdAt = new Date();
      const expiresAt = new Date(createdAt.getTime() + ACTIVITY_RETENTION_MS);
      await collection.insertMany(
        activities.map((activity) => ({ ...activity, _id: new ObjectId(), createdAt, expiresAt })),
        { session: tx.session, comment: 'activities.record' },
      );
    },

    async erase(userId) {
      return (await collection.deleteMany({ userId }, { comment: 'activities.erase' })).deletedCount;
    },
  };
}
