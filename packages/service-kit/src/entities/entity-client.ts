import { z } from 'zod';
import { createInternalClient, type InternalClientOptions } from './internal-client.ts';

/** Entities asked for in one call. */
const MAX_REPRESENTATIONS = 100;

/** Options of {@link createEntityClient}. */
export interface EntityClientOptions<Entity> extends InternalClientOptions {
  /** The entity's type; its key is `id`. */
  readonly typename: string;
  /** The fields to read, such as `username registrationNames { firstName }`. */
  readonly selection: string;
  /** What an entity must look like. */
  readonly entity: z.ZodType<Entity>;
}

/**
 * Reads another subgraph's fields of an entity, for a read model that no event has filled yet: the way services ask each
 * other, as nobody reads another's store.
 */
export interface EntityClient<Entity> {
  /**
   * The entities by id, null for those the owner doesn't know.
   *
   * @throws UnavailableError when it doesn't answer, which is not the same: nobody may be taken for unknown because a
   * service is down.
   */
  fetch(ids: readonly string[]): Promise<Map<string, Entity | null>>;
}

/** A client of one entity's owner. */
export function createEntityClient<Entity>(options: EntityClientOptions<Entity>): EntityClient<Entity> {
  const { typename, selection, entity } = options;
  const client = createInternalClient(options);
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${typename} { ${selection} } } }`;
  const answer = z
    .object({ _entities: z.array(z.record(z.string(), z.unknown()).nullable()) })
    .transform(({ _entities }) => _entities.map((found) => (found ? entity.parse(found) : null)));

  async function ask(ids: readonly string[]): Promise<[string, Entity | null][]> {
    const found = await client.query(query, { of: ids.map((id) => ({ __typename: typename, id })) }, answer);
    return ids.map((id, index) => [id, found[index] ?? null]);
  }

  return {
    async fetch(ids) {
      const chunks: Promise<[string, Entity | null][]>[] = [];
      for (let start = 0; start < ids.length; start += MAX_REPRESENTATIONS) {
        chunks.push(ask(ids.slice(start, start + MAX_REPRESENTATIONS)));
      }
      return new Map((await Promise.all(chunks)).flat());
    },
  };
}
