import type { ServerResponse } from 'node:http';
import { TokenRefusedError } from '../errors/gateway-errors.ts';
import { BadHttpRequestError } from '../http/http-errors.ts';
import { executeOverApollo } from '../operations/execute-over-apollo.ts';
import type { ReadOperation, Refused } from '../operations/operation-request.ts';
import { CLOSE } from '../sockets/close-codes.ts';
import type { EventStreamEndpointOptions, StreamRequest } from './event-stream-endpoint.ts';
import type { EventStream } from './event-streams.ts';

/** Where a stream's places and watches are given back, all at once. */
function createReleases() {
  const releases: (() => void)[] = [];
  return {
    add(release: (() => void) | undefined): void {
      if (release) releases.push(release);
    },
    releaseAll(): void {
      for (const release of releases.splice(0)) release();
    },
  };
}

/** Runs the subscription until either side has enough. */
async function subscribe(
  stream: EventStream,
  read: ReadOperation,
  { request, context }: StreamRequest,
  { admission }: EventStreamEndpointOptions,
): Promise<(() => void) | undefined> {
  const ready = await admission.admit(read, request, context);
  if (stream.isOver) return undefined;
  if ('errors' in ready) {
    stream.fail(...ready.errors);
    return undefined;
  }
  const running = ready.start({ next: stream.next, end: stream.end });
  return () => running.stop();
}

/** Answers a query or mutation with one event. */
async function execute(
  stream: EventStream,
  read: ReadOperation,
  { request, context }: StreamRequest,
  options: EventStreamEndpointOptions,
) {
  const result = await executeOverApollo(options.apollo, read, request, context, options.format);
  stream.next([Buffer.from(JSON.stringify(result))]);
  stream.end();
}

/** What is to happen when the stream is over: everything is given back, and what Apollo Server doesn't report is reported. */
function atEnd(
  stream: EventStream,
  read: ReadOperation | Refused,
  { context }: StreamRequest,
  { report }: EventStreamEndpointOptions,
  releaseAll: () => void,
): void {
  const startedAt = performance.now();
  stream.onEnd = (outcome) => {
    releaseAll();
    const kind = 'errors' in read ? 'invalid' : read.operation.operation;
    const name = 'errors' in read ? undefined : read.operation.name?.value;
    if (kind === 'query' || kind === 'mutation') return;
    report({ kind, name, milliseconds: performance.now() - startedAt, outcome }, context.trace);
  };
}

/**
 * Counts the stream among its holder's, and the subscription if it is one.
 *
 * @throws ConnectionLimitError; nothing is counted then.
 */
function takePlaces({ context, claims }: StreamRequest, isSubscription: boolean, { caps }: EventStreamEndpointOptions) {
  const { add, releaseAll } = createReleases();
  const holder = { address: context.client.ip, userId: claims?.userId };
  try {
    add(caps.addConnection(holder.address));
    if (claims) add(caps.addUserConnection(claims.userId));
    if (isSubscription) add(caps.addSubscription(holder));
  } catch (error) {
    releaseAll();
    throw error;
  }
  return { add, releaseAll };
}

/** A token that expires, or a session that is revoked, ends the stream with the code that says so. */
const watch = ({ claims }: StreamRequest, stream: EventStream, { guard }: EventStreamEndpointOptions) =>
  claims &&
  guard?.watch(claims, ({ code }) =>
    stream.fail(new TokenRefusedError(code === CLOSE.revoked.code ? 'REVOKED' : 'EXPIRED')),
  );

/**
 * Answers one request with a stream of events.
 *
 * @throws what is wrong with the request itself, before the stream is opened.
 */
export async function runOnStream(
  streamRequest: StreamRequest,
  response: ServerResponse,
  options: EventStreamEndpointOptions,
): Promise<void> {
  const read = await options.admission.read(streamRequest.request);
  const kind = 'errors' in read ? undefined : read.operation.operation;
  if (kind === 'mutation' && streamRequest.method === 'GET') throw new BadHttpRequestError('Mutations need POST.', 405);
  const { add, releaseAll } = takePlaces(streamRequest, kind === 'subscription', options);
  const stream = options.streams.open(response);
  atEnd(stream, read, streamRequest, options, releaseAll);
  add(watch(streamRequest, stream, options));
  if ('errors' in read) stream.fail(...read.errors);
  else if (kind !== 'subscription') await execute(stream, read, streamRequest, options);
  else add(await subscribe(stream, read, streamRequest, options));
  // It may have ended while it was being started, before there was anything to give back.
  if (stream.isOver) releaseAll();
}
