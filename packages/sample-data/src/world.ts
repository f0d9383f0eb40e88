import { createDice } from './dice.ts';
import { type SamplePerson, samplePeople } from './people.ts';
import { type SamplePost, samplePosts } from './posts.ts';
import { type SampleRelations, sampleRelations } from './relations.ts';
import { type SampleConversation, sampleConversations } from './talks.ts';

/** People of a sample when nobody says how many. */
export const DEFAULT_PEOPLE = 200;
/** Fewer would leave the tour without company. */
export const FEWEST_PEOPLE = 10;

/** Everything that the sample data has. */
export interface SampleWorld {
  readonly people: readonly SamplePerson[];
  readonly relations: SampleRelations;
  /** Oldest first. */
  readonly posts: readonly SamplePost[];
  readonly conversations: readonly SampleConversation[];
}

/**
 * The sample of so many people: ten posts and half a conversation for each of them. Every service draws the same one for
 * itself, so they need not tell each other. Pure and quick: a thousand people take a few milliseconds.
 */
export function sampleWorld(peopleCount: number): SampleWorld {
  const people = samplePeople(peopleCount, createDice('people'));
  const relations = sampleRelations(people, createDice('relations'));
  return {
    people,
    relations,
    posts: samplePosts(people, relations, peopleCount * 10, createDice('posts')),
    conversations: sampleConversations(people, relations, Math.ceil(peopleCount / 2), createDice('talks')),
  };
}
