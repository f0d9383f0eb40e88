/** A person of the sample data. */
export interface SampleAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly tagline: string;
}

/** The two accounts of the tour. They exist on this machine only, so their passwords may be known. */
export const tourAccounts: readonly [SampleAccount, SampleAccount] = [
  {
    username: 'ada',
    email: 'ada@postbook.example',
    password: 'violet-harbour-42',
    firstName: 'Ada',
    lastName: 'Marlowe',
    tagline: 'Bridges, mostly of steel',
  },
  {
    username: 'grace',
    email: 'grace@postbook.example',
    password: 'amber-lantern-17',
    firstName: 'Grace',
    lastName: 'Okafor',
    tagline: 'Finds the moth in the relay',
  },
];

/** Others, so that lists have more than one entry. */
export const otherAccounts: readonly SampleAccount[] = [
  {
    username: 'tomas_r',
    email: 'tomas@postbook.example',
    password: 'copper-meadow-88',
    firstName: 'Tomás',
    lastName: 'Rivera',
    tagline: 'Bread at dawn, trains at night',
  },
];

/** The talk between the two, oldest first: who says what, by index. */
export const talk: ReadonlyArray<readonly [0 | 1, string]> = [
  [0, 'Did you see the tide table for Saturday?'],
  [1, 'Low water at seven. We could walk to the lighthouse.'],
  [0, 'I bring the thermos, you bring the map nobody can fold.'],
  [1, 'Deal. Tomás says he bakes the night before.'],
  [0, 'Then we leave when the bread is out of the oven.'],
];

/** The group of all three. */
export const group = {
  name: 'Lighthouse walk',
  description: 'Saturday, low water at seven',
  talk: ['Who has a spare torch?', 'Two here. And the bread, of course.', 'Then nothing can go wrong.'],
} as const;
