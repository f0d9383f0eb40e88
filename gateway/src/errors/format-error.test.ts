import { silentLogger } from '@postbook/service-kit/edge';
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { createErrorFormatter } from './format-error.ts';

const formatWith = (options: { extensions?: string[]; hiddenMessages?: string[] } = {}) => {
  const format = createErrorFormatter({ log: silentLogger, hideSchema: false, ...options });
  return (serviceName: string, extensions: Record<string, unknown>) => {
    const error = new GraphQLError('No row in table accounts.', { extensions: { serviceName, ...extensions } });
    return format(error.toJSON(), error);
  };
};

test("of a subgraph's extensions only those pass that are on the list", () => {
  expect(
    formatWith()('posts', {
      code: 'BAD_USER_INPUT',
      argument: 'first',
      sql: 'select *',
      stacktrace: ['at db'],
      exception: { host: '10.0.0.1' },
      http: { status: 418 },
      __proto__secret: 1,
    }),
  ).toEqual({
    message: 'No row in table accounts.',
    extensions: { code: 'BAD_USER_INPUT', argument: 'first', service: 'posts' },
  });
});

test('a subgraph can not speak in the name of another', () => {
  expect(formatWith()('posts', { code: 'X', service: 'auth' }).extensions).toEqual({ code: 'X', service: 'posts' });
});

test('the list is made longer by configuration', () => {
  expect(formatWith({ extensions: ['hint'] })('posts', { code: 'X', hint: 'y', other: 1 }).extensions).toEqual({
    code: 'X',
    hint: 'y',
    service: 'posts',
  });
});

test.each([
  [['posts'], 'The service could not answer this.'],
  [['*'], 'The service could not answer this.'],
  [['chats'], 'No row in table accounts.'],
])('messages are hidden of %s', (hiddenMessages, message) => {
  expect(formatWith({ hiddenMessages })('posts', { code: 'X' }).message).toBe(message);
});
