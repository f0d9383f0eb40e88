import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import { meetAll, type ViewerScope } from '../people/viewer-scope.ts';
import { mayMeet } from '../post/post-policy.ts';
import type { Reaction, ReactionTarget, ReactionType } from './reaction.ts';
import type { ReactionRepository } from './reaction-repository.ts';

const cursors = timeCursorCodec('reactions');

/** Reads who reacted, as the viewer may see it. */
export function createReactionReader(reactions: ReactionRepository) {
  return {
    /**
     * Who reacted to something that the viewer sees, newest first, without people they don't come across.
     *
     * @throws BadUserInputError
     */
    list(
      scope: ViewerScope,
      target: ReactionTarget,
      kind: ReactionType | undefined,
      args: ConnectionArguments,
    ): Promise<Connection<Reaction>> {
      return visibleConnection<Reaction, { at: Date; id: string }, Reaction>({
        request: pageRequest(args, cursors),
        codec: cursors,
        keyOf: ({ createdAt, id }) => ({ at: createdAt, id }),
        read: (request) => reactions.page(target, kind, request),
        async show(rows) {
          const people = await meetAll(
            scope,
            rows.map(({ userId }) => userId),
          );
          return rows.map((row, index) => {
            const person = people[index];
            return person && mayMeet(person) ? row : null;
          });
        },
      });
    },
  };
}

/** What {@link createReactionReader} returns. */
export type ReactionReader = ReturnType<typeof createReactionReader>;
