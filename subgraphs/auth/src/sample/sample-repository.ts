import { type AuthDatabase, named, users } from '@postbook/db/auth';
import { eq } from 'drizzle-orm';

/** What the sample sets that nobody else may. */
export interface SampleRepository {
  /** Has a person have joined at that moment: nobody wrote posts before. */
  setJoined(userId: string, at: Date): Promise<void>;
}

/** The sample's own writes over Drizzle. */
export const createSampleRepository = (db: AuthDatabase): SampleRepository => ({
  async setJoined(userId, at) {
    await db
      .update(users)
      .set({ createdAt: at })
      .where(named('auth.sampleJoined', eq(users.userId, userId)));
  },
});
