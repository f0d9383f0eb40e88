import { z } from 'zod';
import { UnavailableError } from '../errors/app-error.ts';
import { createIdentitySigner, IDENTITY_HEADER } from '../identity/internal-identity.ts';

/** How long another subgraph may take to answer, in milliseconds. Somebody waits for the answer meanwhile. */
const ANSWER_TIMEOUT_MS = 2_000;
/** Entities asked for in one call. */
const MAX_REPRESENTATIONS = 100;

/** Options of {@link createEntityClient}. */
export interface EntityClientOptions<Entity> {
  /** The subgraph that owns the fields; calls are signed to it. */
  readonly owner: string;
  /** Its endpoint. */
  readonly url: string;
  /** `INTERNAL_IDENTITY_SECRET`. */
  readonly secret: string;
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

const answerSchema = z.object({
  data: z.object({ _entities: z.array(z.record(z.string(), z.unknown()).nullable()) }).nullish(),
});

/** A client whose calls are signed as the gateway signs its own, on behalf of nobody. */
export function createEntityClient<Entity>(options: EntityClientOptions<Entity>): EntityClient<Entity> {
  const { owner, url, typename, selection, entity } = options;
  const signer = createIdentitySigner({ secret: options.secret });
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${typename} { ${selection} } } }`;

  async function ask(ids: readonly string[]): Promise<[string, Entity | null][]> {
    const body = JSON.stringify({ query, variables: { of: ids.map((id) => ({ __typename: typename, id })) } });
    const identity = signer.sign({ audience: owner, operationType: 'query', body });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const { data } = answerSchema.parse(await response.json());
    if (!data) throw new Error(`${owner} answered with status ${response.status} and no data`);
    return ids.map((id, index) => {
      const found = data._entities[index];
      return [id, found ? entity.parse(found) : null];
    });
  }

  return {
    async fetch(ids) {
      const chunks: Promise<[string, Entity | null][]>[] = [];
      for (let start = 0; start < ids.length; start += MAX_REPRESENTATIONS) {
        chunks.push(ask(ids.slice(start, start + MAX_REPRESENTATIONS)));
      }
      try {
        return new Map((await Promise.all(chunks)).flat());
      } catch (cause) {
        throw new UnavailableError(`The service "${owner}" does not answer at the moment.`, { cause });
      }
    },
  };
}
