import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as apollo from '../examples/apollo-client.ts';
import * as urql from '../examples/urql.ts';
import { type Graph, startGraph } from './support/graph.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await startGraph();
});
afterAll(() => graph.stop());

const clients = [
  {
    name: 'Apollo Client',
    connect() {
      const client = apollo.createClient(graph.url, 'token');
      return {
        friendNames: (username: string) => apollo.friendNames(client, username),
        sendMessage: (content: string) => apollo.sendMessage(client, 'c1', content),
      };
    },
  },
  {
    name: 'urql',
    connect() {
      const client = urql.createClient(graph.url, 'token');
      return {
        friendNames: (username: string) => urql.friendNames(client, username),
        sendMessage: (content: string) => urql.sendMessage(client, 'c1', content),
      };
    },
  },
];

describe.each(clients)('the example for $name', ({ connect }) => {
  it('asks with a typed document, and reads the answer by its types', async () => {
    expect(await connect().friendNames('ada')).toEqual(['Grace Hopper', 'alan']);
    expect(graph.requests.at(-1)).toEqual({
      authorization: 'Bearer token',
      operationName: 'Friends',
      variables: { username: 'ada', first: 10 },
    });
  });

  it('shows nobody where there is nobody', async () => {
    expect(await connect().friendNames('nobody')).toEqual([]);
  });

  it('sends a message with an id that makes a retry harmless', async () => {
    expect(await connect().sendMessage('hello')).toEqual({ number: 42, errors: [] });
    expect(graph.requests.at(-1)).toEqual({
      authorization: 'Bearer token',
      operationName: 'SendMessage',
      variables: {
        input: { conversationId: 'c1', content: 'hello', clientMessageId: expect.stringMatching(/^[\da-f-]{36}$/) },
      },
    });
  });

  it('tells what the person can mend by its code', async () => {
    expect(await connect().sendMessage('')).toEqual({ number: undefined, errors: ['REQUIRED'] });
  });
});
