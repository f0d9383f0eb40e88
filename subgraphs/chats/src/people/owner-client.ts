import { createIdentitySigner, IDENTITY_HEADER, type Logger } from '@postbook/service-kit';
import { z } from 'zod';

/** How long an owner may take to answer, in milliseconds. A page of a person's conversations waits for it. */
const ANSWER_TIMEOUT_MS = 2_000;
/** People asked for at once. */
const MAX_REPRESENTATIONS = 100;

const responseSchema = z.object({
  data: z
    .object({ _entities: z.array(z.record(z.string(), z.unknown()).nullable()) })
    .nullable()
    .optional(),
});

/** Options of {@link createOwnerClient}. */
export interface OwnerClientOptions<Part> {
  /** The owner's name in the graph, to which calls are signed. */
  readonly owner: string;
  readonly url: string;
  readonly secret: string;
  /** The fields of `User` to ask for. */
  readonly fields: readonly string[];
  /** What an entity must look like. */
  readonly part: z.ZodType<Part>;
  readonly log: Logger;
}

/** Asks the owner of a part of `User` for what no event has told here yet. */
export interface OwnerClient<Part> {
  /**
   * The people's parts. Null for those the owner doesn't know; undefined for all when it doesn't answer, which is not
   * the same: nobody may be taken for unknown because a service is down.
   */
  fetch(userIds: readonly string[]): Promise<Map<string, Part | null> | undefined>;
}

/** An owner client over the owner's `_entities`, with signed calls on nobody's behalf. */
export function createOwnerClient<Part>(options: OwnerClientOptions<Part>): OwnerClient<Part> {
  const signer = createIdentitySigner({ secret: options.secret });
  const query = `query ChatsCards($people: [_Any!]!) { _entities(representations: $people) { ... on User { ${options.fields.join(' ')} } } }`;

  async function ask(userIds: readonly string[]): Promise<Map<string, Part | null>> {
    const people = userIds.map((id) => ({ __typename: 'User', id }));
    const body = JSON.stringify({ query, variables: { people } });
    const identity = signer.sign({ audience: options.owner, operationType: 'query', body });
    const response = await fetch(options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const { data } = responseSchema.parse(await response.json());
    if (!data) throw new Error(`${options.owner} answered with status ${response.status} and no data`);
    return new Map(
      userIds.map((userId, index) => {
        const entity = data._entities[index];
        return [userId, entity ? options.part.parse(entity) : null];
      }),
    );
  }

  return {
    async fetch(userIds) {
      const found = new Map<string, Part | null>();
      try {
        for (let start = 0; start < userIds.length; start += MAX_REPRESENTATIONS) {
          const chunk = await ask(userIds.slice(start, start + MAX_REPRESENTATIONS));
          for (const [userId, part] of chunk) found.set(userId, part);
        }
        return found;
      } catch (error) {
        options.log.warn({ err: error, owner: options.owner }, 'the owner of people’s cards does not answer');
        return undefined;
      }
    },
  };
}
