import { gql } from '@apollo/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient as createApollo } from '../examples/apollo-client.ts';
import { createClient as createUrql } from '../examples/urql.ts';
import { type LogServer, startLogServer } from './fixture/log-server.ts';

let server: LogServer;

beforeEach(async () => {
  server = await startLogServer();
});
afterEach(() => server.stop());

const LOG = 'subscription ($after: String) { log(after: $after) { cursor } }';
const options = () => ({ url: server.url, backOff: { firstMs: 1 }, options: { webSocketImpl: WebSocket } });

/** Two events with a lost connection in between. */
async function interrupt(): Promise<unknown> {
  const first = await server.subscribed();
  first.event('b');
  await expect.poll(() => seen).toEqual(['b']);
  first.cut();
  const second = await server.subscribed();
  second.event('c');
  await expect.poll(() => seen).toEqual(['b', 'c']);
  return second.variables;
}

const seen: unknown[] = [];
const see = ({ data }: { data?: unknown }) => seen.push((data as { log: { cursor: string } }).log.cursor);
beforeEach(() => {
  seen.length = 0;
});

test('Apollo Client goes on from the last cursor', async () => {
  const { client, dispose } = createApollo(options());
  const subscription = client.subscribe({ query: gql(LOG), variables: { after: 'a' } }).subscribe(see);
  expect(await interrupt()).toEqual({ after: 'b' });
  subscription.unsubscribe();
  await dispose();
});

test('urql goes on from the last cursor', async () => {
  const { client, dispose } = createUrql('http://127.0.0.1:9/graphql', options());
  const { unsubscribe } = client.subscription(LOG, { after: 'a' }).subscribe(see);
  expect(await interrupt()).toEqual({ after: 'b' });
  unsubscribe();
  await dispose();
});
