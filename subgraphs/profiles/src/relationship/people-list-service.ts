import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  type TimeKey,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import type { Person } from '../profile/person.ts';
import { relationOf, type ViewerScope } from '../profile/profile-loaders.ts';
import { mayFind, maySeeConnections, relationTo } from '../profile/profile-policy.ts';
import type { EdgeList, EdgeRepository, EdgeRow } from './edge-repository.ts';

/** Lists of people around a person. */
export interface PeopleListService {
  /** Null when the viewer may not see the list. */
  friends(scope: ViewerScope, person: Person, args: ConnectionArguments): Promise<Connection<Person> | null>;
  /** Null when the viewer may not see the list. */
  followers(scope: ViewerScope, person: Person, args: ConnectionArguments): Promise<Connection<Person> | null>;
  /** Null when the viewer may not see the list. */
  following(scope: ViewerScope, person: Person, args: ConnectionArguments): Promise<Connection<Person> | null>;
  /** Whom the viewer blocked. */
  blocked(scope: ViewerScope, viewerId: string, args: ConnectionArguments): Promise<Connection<Person>>;
}

/** For each id the person, or null where the viewer doesn't come across them. */
export async function findablePeople(scope: ViewerScope, userIds: readonly string[]): Promise<(Person | null)[]> {
  const [people, facts] = await Promise.all([scope.people.loadMany(userIds), scope.facts.loadMany(userIds)]);
  return userIds.map((userId, index) => {
    const person = people[index];
    const known = facts[index];
    // A failed read must not show anybody, nor pass for an empty list.
    if (person instanceof Error) throw person;
    if (known instanceof Error) throw known;
    if (!person || !known || (person.isHidden && userId !== scope.viewerId)) return null;
    return mayFind(relationTo(scope.viewerId, userId, known)) ? person : null;
  });
}

/** The service of lists of people. */
export function createPeopleListService(edges: EdgeRepository): PeopleListService {
  function list(
    name: string,
    of: EdgeList,
    args: ConnectionArguments,
    show: (userIds: readonly string[]) => Promise<(Person | null)[]>,
  ) {
    const codec = timeCursorCodec(name);
    return visibleConnection<EdgeRow, TimeKey, Person>({
      request: pageRequest(args, codec),
      codec,
      keyOf: ({ at, id }) => ({ at, id }),
      read: (request) => edges.list(of, request),
      show: (rows) => show(rows.map(({ userId }) => userId)),
    });
  }

  const around =
    (name: string, listOf: (userId: string) => EdgeList) =>
    async (scope: ViewerScope, person: Person, args: ConnectionArguments) => {
      const relation = await relationOf(scope, person.userId);
      if (person.isHidden && relation !== 'self') return null;
      if (!maySeeConnections(relation, person.privacy)) return null;
      return list(name, listOf(person.userId), args, (userIds) => findablePeople(scope, userIds));
    };

  return {
    friends: around('friends', (userId) => ({ userId, kind: 'Friend', end: 'from' })),
    followers: around('followers', (userId) => ({ userId, kind: 'Follow', end: 'to' })),
    following: around('following', (userId) => ({ userId, kind: 'Follow', end: 'from' })),
    // Not filtered by findability: these are the very people whom the viewer doesn't find, to be unblocked here.
    blocked: (scope, viewerId, args) =>
      list('blocked', { userId: viewerId, kind: 'Block', end: 'from' }, args, async (userIds) => {
        const people = await scope.people.loadMany(userIds);
        return people.map((person) => (person instanceof Error ? null : person));
      }),
  };
}
