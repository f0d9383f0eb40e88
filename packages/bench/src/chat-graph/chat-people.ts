import { type FeedSubgraph, feedSubgraphs } from '../feed-graph/feed-subgraphs.ts';
import { SEEN_ALIKE } from './seen-alike.ts';

const sdl = `${SEEN_ALIKE}
  type Query { person(id: ID!): Person }
  type Person @key(fields: "id") {
    id: ID!
    username: String! @seenAlike
    displayName: String! @seenAlike
    avatarUrl: String! @seenAlike
    closestFriend: Person!
  }`;

function findPeople(): FeedSubgraph {
  const found = feedSubgraphs.find(({ name }) => name === 'people');
  if (!found) throw new Error('the feed has no people');
  return found;
}

/** The feed's people, with what everybody sees alike marked so that it is joined once for all. */
export const people: FeedSubgraph = { ...findPeople(), sdl };
