import type { Dice } from './dice.ts';
import { INTERESTS, type Interest } from './interests.ts';
import { CITIES, FAMILY_NAMES, GIVEN_NAMES } from './names.ts';

/** A person of the sample data. */
export interface SamplePerson {
  /** Their place in the list: how all else refers to them. */
  readonly index: number;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly tagline: string;
  readonly bio: string;
  readonly city: string;
  readonly country: string;
  /** When they joined, in minutes before the moment of the sample data. */
  readonly joinedMinutesAgo: number;
  /** What they write about. */
  readonly interests: readonly Interest[];
  /** Whether they have a picture. */
  readonly hasAvatar: boolean;
  /** Who sees their page: most leave the default. */
  readonly visibility: 'Public' | 'Friends' | 'Private';
}

/** The password of every sample account. They exist on this machine only, so it may be known. */
export const SAMPLE_PASSWORD = 'violet-harbour-42';

const DAY = 24 * 60;
/** Nobody joined more than so many days ago. */
const OLDEST_DAYS = 180;

/** The accounts of the tour and a friend of theirs; they come first in every sample, whatever its size. */
const TOUR: ReadonlyArray<Pick<SamplePerson, 'username' | 'firstName' | 'lastName' | 'tagline'> & { tag: string }> = [
  { username: 'ada', firstName: 'Ada', lastName: 'Marlowe', tagline: 'Bridges, mostly of steel', tag: 'hiking' },
  { username: 'grace', firstName: 'Grace', lastName: 'Okafor', tagline: 'Finds the moth in the relay', tag: 'chess' },
  {
    username: 'tomas_r',
    firstName: 'Tomás',
    lastName: 'Rivera',
    tagline: 'Bread at dawn, trains at night',
    tag: 'baking',
  },
];

/** Letters and digits alone, as usernames want them. */
const plain = (name: string): string =>
  name
    .replaceAll('ø', 'o')
    .replaceAll('ı', 'i')
    .replaceAll('ł', 'l')
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();

function usernameOf(firstName: string, lastName: string, dice: Dice, taken: Set<string>): string {
  const [first, last] = [plain(firstName), plain(lastName)];
  const forms = [
    `${first}_${last}`,
    `${first}.${last}`.replace('.', ''),
    `${first.slice(0, 1)}${last}`,
    `${first}_${last.slice(0, 1)}`,
  ];
  const wanted = dice.pick(forms);
  let username = wanted;
  for (let number = 2; taken.has(username) || username.length < 3; number += 1) username = `${wanted}${number}`;
  taken.add(username);
  return username;
}

const capitalised = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

function bioOf(interests: readonly Interest[], city: string, dice: Dice): string {
  const loves = interests.map(({ tag }) => tag).join(' and ');
  return dice.pick([
    `${capitalised(loves)} in ${city}. Here for the people.`,
    `Moved to ${city} for a year and stayed. ${capitalised(loves)} on weekends.`,
    `By day in an office in ${city}, otherwise ${loves}.`,
    `${city}. ${capitalised(loves)}. Answers slowly, but answers.`,
  ]);
}

/** People by their place in the list; the first of every size are the same. */
export function samplePeople(count: number, dice: Dice): SamplePerson[] {
  const taken = new Set(TOUR.map(({ username }) => username));
  return Array.from({ length: count }, (_, index): SamplePerson => {
    const guide = TOUR[index];
    const firstName = guide?.firstName ?? dice.pick(GIVEN_NAMES);
    const lastName = guide?.lastName ?? dice.pick(FAMILY_NAMES);
    const drawn = usernameOf(firstName, lastName, dice, taken);
    const username = guide?.username ?? drawn;
    const [city, country] = dice.pick(CITIES);
    const own = INTERESTS.filter(({ tag }) => tag === guide?.tag);
    const interests = [...own, ...dice.pickSome(INTERESTS, dice.between(1, 2))];
    const roll = dice.between(1, 100);
    return {
      index,
      username,
      email: `${username}@postbook.example`,
      firstName,
      lastName,
      tagline: guide?.tagline ?? dice.pick(interests[0]?.taglines ?? ['']),
      bio: bioOf(interests, city, dice),
      city,
      country,
      joinedMinutesAgo: dice.between(70 * DAY, OLDEST_DAYS * DAY),
      interests,
      hasAvatar: guide !== undefined || dice.chance(30),
      visibility: guide || roll <= 85 ? 'Public' : roll <= 96 ? 'Friends' : 'Private',
    };
  });
}
