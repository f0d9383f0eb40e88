export * from './dice.ts';
export * from './people.ts';
export * from './posts.ts';
export * from './relations.ts';
export * from './talks.ts';
export * from './world.ts';
