import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as apollo from '../examples/apollo-client.ts';
import * as upload from '../examples/upload.ts';
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

describe('the example of an upload', () => {
  const picture = (name: string, type = 'image/jpeg') => new File(['pixels'], name, { type });
  const publish = (file: File) =>
    upload.publishPicture(apollo.createClient(graph.url, 'token'), file, 'Low water at seven');

  it('brings the content as it was told, waits until the file is ready, and publishes it', async () => {
    const before = graph.requests.length;
    expect(await publish(picture('tide.jpg'))).toBe('p1');
    expect(graph.files.at(-1)).toEqual({ method: 'PUT', contentType: 'image/jpeg', content: 'pixels' });
    const sent = graph.requests.slice(before);
    expect(sent.map(({ operationName }) => operationName)).toEqual([
      'RequestUpload',
      'CompleteUpload',
      'MediaStatus',
      'MediaStatus',
      'CreatePost',
    ]);
    expect(sent[0]?.variables.input).toMatchObject({ category: 'POST', fileName: 'tide.jpg', sizeBytes: 6 });
    expect(sent.at(-1)?.variables.input).toEqual({
      content: 'Low water at seven',
      mediaIds: ['m1'],
      visibility: 'FRIENDS',
      clientMutationId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  it('says in plain words why a file is not taken, before or after it was brought', async () => {
    await expect(publish(picture('notes.txt', 'text/plain'))).rejects.toThrow('That is no picture.');
    await expect(publish(picture('broken.jpg'))).rejects.toThrow("The picture can't be used: CORRUPT");
  });
});
