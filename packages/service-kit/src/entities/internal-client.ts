import { z } from 'zod';
import { UnavailableError } from '../errors/app-error.ts';
import { createIdentitySigner, IDENTITY_HEADER } from '../identity/internal-identity.ts';

/** How long another subgraph may take to answer, in milliseconds. Somebody waits for the answer meanwhile. */
const ANSWER_TIMEOUT_MS = 2_000;

/** Options of {@link createInternalClient}. */
export interface InternalClientOptions {
  /** The subgraph that is asked; calls are signed to it. */
  readonly owner: string;
  /** Its endpoint. */
  readonly url: string;
  /** `INTERNAL_IDENTITY_SECRET`. */
  readonly secret: string;
  /** The service that asks, for fields that services alone may read (see `requireService`). */
  readonly service: string;
  /** How long an answer may take, in milliseconds. Default 2,000. */
  readonly timeoutMs?: number;
}

/** Asks another subgraph, as the service itself and on behalf of nobody. */
export interface InternalClient {
  /**
   * The data of a query, checked by its shape.
   *
   * @throws UnavailableError when the subgraph doesn't answer, answers with errors, or with something else.
   */
  query<Data>(query: string, variables: Readonly<Record<string, unknown>>, data: z.ZodType<Data>): Promise<Data>;
}

const answerSchema = z.object({ data: z.unknown(), errors: z.array(z.object({ message: z.string() })).optional() });

/** A client whose calls are signed as the gateway signs its own. */
export function createInternalClient(options: InternalClientOptions): InternalClient {
  const { owner, url, service, timeoutMs = ANSWER_TIMEOUT_MS } = options;
  const signer = createIdentitySigner({ secret: options.secret });

  async function ask(body: string): Promise<unknown> {
    const identity = signer.sign({ audience: owner, operationType: 'query', body, service });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data, errors } = answerSchema.parse(await response.json());
    if (data != null) return data;
    throw new Error(`${owner} answered with status ${response.status} and no data: ${errors?.[0]?.message ?? ''}`);
  }

  return {
    async query(query, variables, data) {
      try {
        return data.parse(await ask(JSON.stringify({ query, variables })));
      } catch (cause) {
        throw new UnavailableError(`The service "${owner}" does not answer at the moment.`, { cause });
      }
    },
  };
}
