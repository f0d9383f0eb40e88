import type { ApolloServer } from '@apollo/server';
import { type OperationLimits, traceFromHeaders, withRequestTrace } from '@postbook/service-kit';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { GatewayContext } from '../context.ts';
import { type ErrorFormatter, formatErrors, toGraphQLError } from '../errors/format-error.ts';
import { OperationLimitError } from '../errors/gateway-errors.ts';
import { parseDocument } from '../limits/parse-document.ts';
import type { EventStream, SubscriptionExecutor } from '../subscriptions/subscription-executor.ts';

/** Options of {@link createSocketOperations}. */
export interface SocketOperationsOptions {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly subscriptions: SubscriptionExecutor;
  readonly schema: () => GraphQLSchema;
  readonly limits: OperationLimits;
  /** Operations under way at once on one socket. */
  readonly maxPerSocket: number;
  readonly format: ErrorFormatter;
}

/** Who an operation is executed for: all of its context but the ids of the operation itself. */
export type SocketPerson = Omit<GatewayContext, 'trace'>;

/** What {@link createSocketOperations} prepares, in the shape graphql-ws passes on to `execute` and `subscribe`. */
interface PreparedArgs extends ExecutionArgs {
  readonly contextValue: { readonly run: () => Promise<ExecutionResult> } | { readonly events: EventStream };
}

/** A result with formatted errors, where types want error objects; `onNext` sends it as it is. */
const asResult = (result: { data?: unknown; errors?: readonly GraphQLFormattedError[] }) => result as ExecutionResult;

/** Operations of sockets: queries and mutations through Apollo Server, subscriptions through their executor. */
export function createSocketOperations(options: SocketOperationsOptions) {
  const { apollo, subscriptions, limits, maxPerSocket, format } = options;
  const refuse = (errors: readonly unknown[]) => formatErrors(errors, format).map(toGraphQLError);

  function prepared(document: DocumentNode, payload: SubscribePayload, contextValue: PreparedArgs['contextValue']) {
    return { schema: options.schema(), document, operationName: payload.operationName ?? null, contextValue };
  }

  /** Runs through the same pipeline as over HTTP: limits, validation, plugins, masking. */
  function executeOverApollo(payload: SubscribePayload, context: GatewayContext): () => Promise<ExecutionResult> {
    const { query, operationName, variables } = payload;
    const request = { query, ...(operationName ? { operationName } : {}), variables: { ...variables } };
    return () =>
      withRequestTrace(context.trace, async () => {
        try {
          const { body } = await apollo.executeOperation(request, { contextValue: context });
          if (body.kind !== 'single') throw new Error('incremental delivery is not supported');
          return asResult(body.singleResult);
        } catch (error) {
          // An exception would end the socket, and all else that runs over it.
          return asResult({ errors: formatErrors([error], format) });
        }
      });
  }

  return {
    /**
     * Decides what becomes of a `subscribe` message. Mistakes come back as errors of the operation: an exception here
     * would end the socket, and all else that runs over it.
     */
    prepare(payload: SubscribePayload, person: SocketPerson, underWay: number): PreparedArgs | readonly GraphQLError[] {
      if (underWay > maxPerSocket)
        return refuse([new OperationLimitError('operations per socket', maxPerSocket, underWay)]);
      const document = parseDocument(payload.query, limits.tokens);
      if (document instanceof GraphQLError) return refuse([document]);
      const operation = getOperationAST(document, payload.operationName);
      if (!operation) {
        return refuse([new GraphQLError('Unable to identify the operation.', { extensions: { code: 'BAD_REQUEST' } })]);
      }
      const context = { ...person, trace: traceFromHeaders({}) };
      if (operation.operation !== 'subscription') {
        return prepared(document, payload, { run: executeOverApollo(payload, context) });
      }
      const { query, operationName, variables } = payload;
      const started = subscriptions.subscribe({
        query,
        operationName: operationName ?? undefined,
        variables: variables ?? undefined,
        context,
      });
      return 'errors' in started ? started.errors.map(toGraphQLError) : prepared(document, payload, started);
    },
    /** graphql-ws's `execute`. */
    execute(args: ExecutionArgs): Promise<ExecutionResult> {
      const { contextValue } = args as PreparedArgs;
      if (!('run' in contextValue)) throw new Error('a subscription came to execute');
      return contextValue.run();
    },
    /** graphql-ws's `subscribe`. */
    subscribe(args: ExecutionArgs): AsyncIterableIterator<ExecutionResult> {
      const { contextValue } = args as PreparedArgs;
      if (!('events' in contextValue)) throw new Error('a query came to subscribe');
      return contextValue.events as AsyncIterableIterator<ExecutionResult>;
    },
  };
}

/** What {@link createSocketOperations} returns. */
export type SocketOperations = ReturnType<typeof createSocketOperations>;
