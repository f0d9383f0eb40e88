import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import type { Client, ExecutionResult } from 'graphql-ws';
import { fillPlaceholders } from './placeholders.ts';
import { observeResponse } from './responses.ts';
import { createSocketClient, describeClose } from './socket.ts';
import { tokenStore } from './token-store.ts';

const overHttp = async (params: FetcherParams, headers: Record<string, unknown>): Promise<ExecutionResult> => {
  const { value: token } = tokenStore.get();
  const response = await fetch('/graphql', {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    },
    body: JSON.stringify(params),
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    throw new Error(
      `The gateway answered ${response.status} ${response.statusText} without JSON: ${text.slice(0, 200)}`,
    );
  }
};

/** GraphiQL prints what it is given: a plain object, since of an Error it would also print the stack of this page. */
const asPrintable = (reason: unknown): unknown =>
  reason instanceof CloseEvent
    ? { message: `The socket was closed: ${describeClose(reason.code, reason.reason)}` }
    : reason;

/** An answer of the page itself, in the shape of one of the gateway. */
const ownError = (reason: unknown) =>
  ({ errors: [{ message: reason instanceof Error ? reason.message : String(reason) }] }) as unknown as ExecutionResult;

/** graphql-ws as what GraphiQL calls an observable: `subscribe` starts it, `unsubscribe` ends it at the gateway. */
const overSocket = (client: Client, params: FetcherParams) => ({
  subscribe(observer: { next(value: unknown): void; error(reason: unknown): void; complete(): void }) {
    const unsubscribe = client.subscribe(
      { query: params.query, variables: params.variables, operationName: params.operationName ?? null },
      {
        next(result) {
          observeResponse(result);
          observer.next(result);
        },
        error(reason) {
          if (Array.isArray(reason)) observeResponse({ errors: reason });
          observer.error(asPrintable(reason));
        },
        complete: () => observer.complete(),
      },
    );
    return { unsubscribe };
  },
});

/** The operations of a text; none when it has a syntax error, of which the gateway tells better. */
const operationsIn = (query: string): OperationDefinitionNode[] => {
  try {
    return parse(query).definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
};

/**
 * The operation to run. GraphiQL notices a change of the editor a moment late, so who changes the tab and runs at once
 * would run the new text under the old tab's operation name: a text with one operation means that one.
 */
const operationOf = ({ query, operationName }: FetcherParams): OperationDefinitionNode | undefined => {
  const operations = operationsIn(query);
  return operations.length === 1 ? operations[0] : operations.find(({ name }) => name?.value === operationName);
};

/**
 * What GraphiQL runs operations with: HTTP POST for queries and mutations, one shared socket for subscriptions, both
 * with the token of the bar. Headers typed into GraphiQL's own editor win over it.
 */
export const createExplorerFetcher = (): Fetcher => {
  const client = createSocketClient();
  const run = (given: FetcherParams, options: Parameters<Fetcher>[1]) => {
    const operation = operationOf(given);
    const operationName = operation ? (operation.name?.value ?? null) : (given.operationName ?? null);
    const params = { ...given, operationName, variables: fillPlaceholders(given.variables) };
    if (operation?.operation === 'subscription') return overSocket(client, params);
    return overHttp(params, options?.headers ?? {})
      .then((result) => {
        if (params.operationName !== 'IntrospectionQuery') observeResponse(result);
        return result;
      })
      .catch(ownError);
  };
  return (params, options) => {
    try {
      return run(params, options) as ReturnType<Fetcher>;
    } catch (error) {
      return Promise.resolve(ownError(error)) as ReturnType<Fetcher>;
    }
  };
};
