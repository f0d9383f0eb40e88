import {
  done,
  type MongoTransaction,
  type Outcome,
  refused,
  type Transactor,
  type UserErrorValue,
} from '@postbook/service-kit';
import { type Preferences, turned } from './preferences.ts';
import { checkPreferences, type PreferencesChange } from './preferences-input.ts';
import type { PreferencesRepository } from './preferences-repository.ts';

/** What {@link createPreferencesService} needs. */
export interface PreferencesServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly preferences: PreferencesRepository;
  readonly now: () => Date;
}

/** How people want to be told. */
export function createPreferencesService({ transactor, preferences, now }: PreferencesServiceOptions) {
  return {
    read: (viewerId: string): Promise<Preferences> => preferences.read(viewerId),

    /** Changes what is given. Of two changes at once, one sees the other's. */
    async update(viewerId: string, change: PreferencesChange): Promise<Outcome<Preferences>> {
      const errors: UserErrorValue[] = checkPreferences(change);
      if (errors.length > 0) return refused(...errors);
      const changed = await transactor.run(async (tx) => {
        const before = await preferences.read(viewerId, tx);
        const after: Preferences = {
          switches: turned(before.switches, change.switches),
          quietHours: change.quietHours === undefined ? before.quietHours : change.quietHours,
          timeZone: change.timeZone ?? before.timeZone,
        };
        await preferences.write(tx, viewerId, after, now());
        return after;
      });
      return done(changed);
    },
  };
}

/** What {@link createPreferencesService} returns. */
export type PreferencesService = ReturnType<typeof createPreferencesService>;
