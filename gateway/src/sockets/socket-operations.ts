import type { ApolloServer } from '@apollo/server';
import { traceFromHeaders } from '@postbook/service-kit/edge';
import type { GraphQLFormattedError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { GatewayContext } from '../context.ts';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import { OperationLimitError, StoppingError } from '../errors/gateway-errors.ts';
import type { ConnectionCaps } from '../limits/connection-caps.ts';
import { executeOverApollo } from '../operations/execute-over-apollo.ts';
import type { OperationAdmission } from '../operations/operation-admission.ts';
import type { ReportOperation } from '../operations/operation-reports.ts';
import type { OperationRequest, ReadOperation } from '../operations/operation-request.ts';
import type { SubscriptionListener } from '../subscriptions/subscription-engine.ts';
import { type Connection, contextOf, isClosing, type SocketOperation } from './connection.ts';
import { nextPrefix, type Outbox } from './outbox.ts';

/** Operations of sockets, from `subscribe` to the last message about them. */
export interface SocketOperations {
  /** Begins what a `subscribe` message asks for. Mistakes are errors of the operation, never of the socket. */
  begin(connection: Connection, id: string, payload: SubscribePayload): void;
  /** The client has enough of it. Unknown ids are ignored: the operation may just have ended. */
  cancel(connection: Connection, id: string): void;
  /** Ends all without a word, as the socket is closed or about to be. */
  abandon(connection: Connection, outcome: string): void;
  /** Completes subscriptions, and leaves the rest to finish. */
  complete(connection: Connection): void;
  /** Tells all that runs on a socket why it ends. */
  failAll(connection: Connection, error: Error): void;
}

/** Options of {@link createSocketOperations}. */
export interface SocketOperationsOptions {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly admission: OperationAdmission;
  readonly caps: ConnectionCaps;
  /** Operations under way at once on one socket. */
  readonly maxPerSocket: number;
  readonly format: ErrorFormatter;
  readonly report: ReportOperation;
  readonly outbox: Outbox;
  /** Sends a message after all that waits. */
  readonly send: (connection: Connection, text: string) => void;
  readonly isStopping: () => boolean;
}

const toRequest = ({ query, operationName, variables, extensions }: SubscribePayload): OperationRequest => ({
  query,
  operationName: operationName ?? undefined,
  variables: variables ?? undefined,
  extensions: extensions ?? undefined,
});

const newOperation = (connection: Connection, id: string): SocketOperation => ({
  id,
  connection,
  trace: traceFromHeaders({}),
  startedAt: performance.now(),
  kind: 'invalid',
  name: undefined,
  isOver: false,
  prefix: undefined,
  running: undefined,
  release: undefined,
});

const codeOf = (errors: readonly GraphQLFormattedError[] | undefined) => String(errors?.[0]?.extensions?.code ?? 'ok');

/** Makes the operations of all sockets. */
export function createSocketOperations(options: SocketOperationsOptions): SocketOperations {
  const { apollo, admission, caps, maxPerSocket, format, outbox, send } = options;

  /** Whatever ends it comes through here, once: nothing is sent for it afterwards, and its id may be used again. */
  function finish(operation: SocketOperation, outcome: string): void {
    const { connection, id, kind, name, startedAt, trace } = operation;
    operation.isOver = true;
    operation.running?.stop();
    operation.release?.();
    if (connection.operations.get(id) === operation) connection.operations.delete(id);
    // Queries and mutations are reported where they are executed.
    if (kind === 'subscription' || kind === 'invalid') {
      options.report({ kind, name, milliseconds: performance.now() - startedAt, outcome }, trace);
    }
    if (connection.operations.size === 0) connection.onIdle?.();
  }

  function refuse(operation: SocketOperation, errors: readonly GraphQLFormattedError[]): void {
    if (operation.isOver) return;
    send(operation.connection, JSON.stringify({ id: operation.id, type: 'error', payload: errors }));
    if (!operation.isOver) finish(operation, codeOf(errors));
  }

  /** After events, a reason comes as a last one: an `error` message would make clients throw those before it away. */
  function end(operation: SocketOperation, errors?: readonly GraphQLFormattedError[]): void {
    if (operation.isOver) return;
    const { connection, id } = operation;
    if (errors && errors.length > 0) {
      send(connection, JSON.stringify({ id, type: 'next', payload: { data: null, errors } }));
    }
    send(connection, JSON.stringify({ id, type: 'complete' }));
    if (!operation.isOver) finish(operation, codeOf(errors));
  }

  const listenerOf = (operation: SocketOperation): SubscriptionListener => ({
    next(payloads) {
      if (!operation.isOver) outbox.push(operation, payloads);
    },
    end: (errors) => end(operation, errors),
  });

  async function runRequest(operation: SocketOperation, request: OperationRequest, read: ReadOperation) {
    const context = contextOf(operation.connection, operation.trace);
    const payload = await executeOverApollo(apollo, read, request, context, format);
    if (operation.isOver) return;
    const { connection, id } = operation;
    send(connection, JSON.stringify({ id, type: 'next', payload }));
    send(connection, JSON.stringify({ id, type: 'complete' }));
    if (!operation.isOver) finish(operation, codeOf(payload.errors));
  }

  async function runSubscription(operation: SocketOperation, request: OperationRequest, read: ReadOperation) {
    const { connection, trace, id } = operation;
    operation.release = caps.addSubscription({ address: connection.client.ip, userId: connection.viewer?.userId });
    const ready = await admission.admit(read, request, contextOf(connection, trace));
    if (operation.isOver) return;
    if ('errors' in ready) return refuse(operation, formatErrors(ready.errors, format));
    operation.prefix = nextPrefix(id);
    const running = ready.start(listenerOf(operation));
    // It may have ended while it was being started, before there was anything to stop.
    if (operation.isOver) running.stop();
    else operation.running = running;
  }

  async function run(operation: SocketOperation, request: OperationRequest): Promise<void> {
    const underWay = operation.connection.operations.size;
    if (options.isStopping()) throw new StoppingError();
    if (underWay > maxPerSocket) throw new OperationLimitError('operations per socket', maxPerSocket, underWay);
    const read = await admission.read(request);
    if (operation.isOver) return;
    if ('errors' in read) return refuse(operation, formatErrors(read.errors, format));
    operation.kind = read.operation.operation;
    operation.name = read.operation.name?.value;
    await (operation.kind === 'subscription'
      ? runSubscription(operation, request, read)
      : runRequest(operation, request, read));
  }

  const all = (connection: Connection) => [...connection.operations.values()];

  return {
    begin(connection, id, payload) {
      const operation = newOperation(connection, id);
      connection.operations.set(id, operation);
      run(operation, toRequest(payload)).catch((error: unknown) => refuse(operation, formatErrors([error], format)));
    },
    cancel(connection, id) {
      const operation = connection.operations.get(id);
      if (operation) finish(operation, 'stopped');
    },
    abandon(connection, outcome) {
      for (const operation of all(connection)) finish(operation, outcome);
    },
    complete(connection) {
      const stopping = formatErrors([new StoppingError()], format);
      for (const operation of all(connection)) {
        if (operation.running) end(operation);
        else if (operation.kind === 'subscription') refuse(operation, stopping);
      }
    },
    failAll(connection, error) {
      const errors = formatErrors([error], format);
      for (const operation of all(connection)) {
        if (isClosing(connection)) return;
        if (operation.running) end(operation, errors);
        else refuse(operation, errors);
      }
    },
  };
}
