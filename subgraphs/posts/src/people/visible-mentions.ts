import type { Mention } from '../post/post.ts';
import { mayMeet } from '../post/post-policy.ts';
import { meetAll, type ViewerScope } from './viewer-scope.ts';

/** People named in a text whom the viewer comes across: the names of others are text like any other. */
export async function visibleMentions(scope: ViewerScope, mentions: readonly Mention[]): Promise<Mention[]> {
  const people = await meetAll(
    scope,
    mentions.map(({ userId }) => userId),
  );
  return mentions.filter((_mention, index) => {
    const person = people[index];
    return person !== undefined && mayMeet(person);
  });
}
