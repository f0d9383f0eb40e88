import type { GraphQLFormattedError } from 'graphql';

/** A response as GraphQL over HTTP gives it. */
export interface GraphqlResult<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data | null | undefined;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

/** What a call may carry. */
export type Variables = Readonly<Record<string, unknown>>;

/** Options of {@link createGraphqlClient}. */
export interface GraphqlClientOptions {
  /** The endpoint, `/graphql` included. */
  readonly url: string;
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that depend on the body, such as a signature. */
  headersFor?(body: string): Readonly<Record<string, string>>;
}

/** GraphQL over HTTP as a front end would speak it. */
export interface GraphqlClient {
  /** Whatever came back, errors included. */
  execute<Data = Record<string, unknown>>(query: string, variables?: Variables): Promise<GraphqlResult<Data>>;
  /** The data alone. @throws Error when there are errors. */
  data<Data = Record<string, unknown>>(query: string, variables?: Variables): Promise<Data>;
  /** The same client with another token. */
  as(token: string | undefined): GraphqlClient;
}

/** Makes a client of one endpoint. */
export function createGraphqlClient(options: GraphqlClientOptions): GraphqlClient {
  const client: GraphqlClient = {
    async execute<Data>(query: string, variables: Variables = {}) {
      const body = JSON.stringify({ query, variables });
      const response = await fetch(options.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
          ...options.headers,
          ...options.headersFor?.(body),
        },
        body,
      });
      const result = (await response.json()) as { data?: Data | null; errors?: GraphQLFormattedError[] };
      return { status: response.status, headers: response.headers, data: result.data, errors: result.errors };
    },
    async data<Data>(query: string, variables?: Variables) {
      const result = await client.execute<Data>(query, variables);
      if (result.errors || result.data == null) throw new Error(`GraphQL errors: ${JSON.stringify(result.errors)}`);
      return result.data;
    },
    as: (token) => createGraphqlClient({ ...options, token }),
  };
  return client;
}

/** The part of the kit's identity signer that a client needs. */
export interface CallSigner {
  sign(call: {
    audience: string;
    operationType: 'query' | 'mutation' | 'subscription';
    body: string;
    viewer?: TestViewer | undefined;
    client?: { ip: string; userAgent?: string } | undefined;
  }): string;
}

/** A person as the gateway would vouch for them. */
export interface TestViewer {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: 'User' | 'Moderator' | 'Admin';
  readonly scopes: readonly string[];
}

/** The kind of the only operation of a document. */
const kindOf = (query: string) =>
  (/^\s*(?:#.*\n\s*)*(mutation|subscription)\b/.exec(query)?.[1] ?? 'query') as 'query' | 'mutation' | 'subscription';

/** Speaks to a subgraph the way the gateway does: every call signed on behalf of a viewer. */
export function createSubgraphClient(options: {
  readonly url: string;
  readonly audience: string;
  readonly signer: CallSigner;
  readonly viewer?: TestViewer | undefined;
  readonly client?: { ip: string; userAgent?: string };
}): GraphqlClient {
  const { audience, signer, viewer, client } = options;
  return createGraphqlClient({
    url: options.url,
    headersFor: (body) => ({
      'x-postbook-identity': signer.sign({
        audience,
        operationType: kindOf((JSON.parse(body) as { query: string }).query),
        body,
        viewer,
        client: client ?? { ip: '127.0.0.1', userAgent: 'testkit' },
      }),
    }),
  });
}
