import { SAMPLE_PASSWORD } from '@postbook/sample-data';

/** An account that somebody who looks around can use. */
export interface TourAccount {
  readonly username: string;
  readonly password: string;
}

/** The two accounts of the tour: the first people of every sample. */
export const tourAccounts: readonly [TourAccount, TourAccount] = [
  { username: 'ada', password: SAMPLE_PASSWORD },
  { username: 'grace', password: SAMPLE_PASSWORD },
];
