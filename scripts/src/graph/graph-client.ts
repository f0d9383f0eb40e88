/** A call to the graph as a front end makes it. */
export type GraphCall = <Data>(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  token?: string,
) => Promise<Data>;

/** The graph refused a call of ours, or a payload carries errors. */
export class GraphCallError extends Error {
  override readonly name = 'GraphCallError';
}

interface Reply<Data> {
  readonly data?: Data | null;
  readonly errors?: ReadonlyArray<{ readonly message: string; readonly extensions?: { readonly code?: string } }>;
}

/** Calls the graph over HTTP. @throws GraphCallError with the graph's own words. */
export function createGraphCall(url: string): GraphCall {
  return async <Data>(query: string, variables: Readonly<Record<string, unknown>>, token?: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Reply<Data>;
    if (data && !errors) return data;
    throw new GraphCallError(errors?.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join('; '));
  };
}

/** The result of a mutation. @throws GraphCallError when its payload carries errors. */
export function resultOf<Payload extends { errors: ReadonlyArray<{ code: string; message: string }> }>(
  payload: Payload,
): Payload {
  if (payload.errors.length === 0) return payload;
  throw new GraphCallError(payload.errors.map(({ code, message }) => `${code}: ${message}`).join('; '));
}
