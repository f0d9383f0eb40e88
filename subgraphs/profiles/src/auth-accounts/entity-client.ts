import { IDENTITY_HEADER, type IdentitySigner } from '@postbook/service-kit';

/** How long another subgraph may take to answer, in milliseconds. Somebody waits for the answer meanwhile. */
const TIMEOUT_MS = 2_000;

/** Reads entities of another subgraph. */
export interface EntityClient {
  /**
   * The entities in the order of the keys, null for each that doesn't exist.
   *
   * @param typename the entity's type.
   * @param keys one key each, such as `{ id }`.
   * @param selection the fields to read, such as `id username`.
   * @throws EntityClientError when the subgraph can't be reached or answers with errors.
   */
  fetch<Entity>(
    typename: string,
    keys: ReadonlyArray<Readonly<Record<string, string>>>,
    selection: string,
  ): Promise<ReadonlyArray<Entity | null>>;
}

/** Another subgraph didn't give what it was asked for. */
export class EntityClientError extends Error {
  override readonly name = 'EntityClientError';
}

/** Options of {@link createEntityClient}. */
export interface EntityClientOptions {
  /** The subgraph's endpoint. */
  readonly url: string;
  /** Its name, which the signature is for. */
  readonly audience: string;
  readonly signer: IdentitySigner;
}

interface Answer<Entity> {
  readonly data?: { readonly _entities: ReadonlyArray<Entity | null> } | null;
  readonly errors?: ReadonlyArray<{ readonly message: string }>;
}

/** A client that signs its calls as the gateway does, on behalf of nobody. */
export function createEntityClient({ url, audience, signer }: EntityClientOptions): EntityClient {
  return {
    async fetch<Entity>(typename: string, keys: readonly object[], selection: string) {
      const query = `query($of:[_Any!]!){_entities(representations:$of){...on ${typename}{${selection}}}}`;
      const of = keys.map((key) => ({ __typename: typename, ...key }));
      const body = JSON.stringify({ query, variables: { of } });
      const identity = signer.sign({ audience, operationType: 'query', body });
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
          body,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const answer = (await response.json()) as Answer<Entity>;
        if (answer.errors || !answer.data) throw new Error(answer.errors?.[0]?.message ?? `status ${response.status}`);
        return answer.data._entities;
      } catch (cause) {
        throw new EntityClientError(`${audience} did not answer with entities`, { cause });
      }
    },
  };
}
