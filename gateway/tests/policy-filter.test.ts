import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeGraph, LINK } from './fixture/gated-graph.ts';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { createTestSubgraph, type TestSubgraph } from './fixture/test-subgraph.ts';

const SDL = `
  type Query { hello: String posts: [Post!]! secret: String @authenticated strict: Strict }
  interface Post { id: ID! title: String }
  type Public implements Post { id: ID! title: String }
  type Private implements Post @authenticated { id: ID! title: String }
  type Strict { id: ID! secret: String! @authenticated }
`;
let subgraph: TestSubgraph;
let gateway: TestGateway;
let quiet: TestGateway;
let folder: string;

beforeAll(async () => {
  const post = (__typename: string) => ({ __typename, id: `id of ${__typename}`, title: `title of ${__typename}` });
  subgraph = createTestSubgraph({
    name: 'posts',
    sdl: `${LINK} ${SDL}`,
    resolvers: {
      Query: {
        hello: () => 'hello',
        secret: () => 'secret',
        posts: () => [post('Public'), post('Private')],
        strict: () => ({ id: '1', secret: 'secret' }),
      },
      Post: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    },
  });
  await subgraph.start();
  folder = await mkdtemp(join(tmpdir(), 'filter-'));
  const supergraphPath = join(folder, 'supergraph.graphql');
  await writeFile(supergraphPath, composeGraph({ posts: SDL }, { posts: subgraph.url }));
  gateway = await startTestGateway({ supergraphPath });
  quiet = await startTestGateway({ supergraphPath, env: { AUTH_DIRECTIVE_ERRORS: 'off' } });
});
afterAll(async () => {
  await Promise.all([gateway.stop(), quiet.stop()]);
  await subgraph.kill();
  await rm(folder, { recursive: true });
});

const pathsOf = (errors: readonly { path?: readonly unknown[]; extensions?: { code?: unknown } }[] | undefined) =>
  errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.code]);
const CODE = 'UNAUTHORIZED_FIELD_OR_TYPE';

describe('a denied field', () => {
  it('is null with an error at each of its places, and is never fetched', async () => {
    const { status, data, errors } = await gateway.http.execute('{ hello secret other: secret }');
    expect([status, data]).toEqual([200, { hello: 'hello', secret: null, other: null }]);
    expect(pathsOf(errors)).toEqual([
      ['secret', CODE],
      ['other', CODE],
    ]);
    expect(subgraph.calls.at(-1)?.query).not.toContain('secret');
  });

  it('takes its parent with it when it can not be null', async () => {
    const { data, errors } = await gateway.http.execute('{ hello strict { id secret } }');
    expect([data, pathsOf(errors)]).toEqual([{ hello: 'hello', strict: null }, [['strict.secret', CODE]]]);
  });

  it('is just null when told so', async () => {
    const { data, errors } = await quiet.http.execute('{ hello secret }');
    expect([data, errors]).toEqual([{ hello: 'hello', secret: null }, undefined]);
  });
});

describe('of a list of several types', () => {
  it('open ones are answered, closed ones keep their fields', async () => {
    const { data, errors } = await gateway.http.execute(
      '{ posts { __typename ... on Public { title } ... on Private { title } } }',
    );
    expect(data).toEqual({
      posts: [
        { __typename: 'Public', title: 'title of Public' },
        { __typename: 'Private', title: null },
      ],
    });
    expect(pathsOf(errors)).toEqual([['posts.1.title', CODE]]);
  });

  it('a denied field and an allowed one under one name give no more than the allowed one may', async () => {
    const { data } = await gateway.http.execute('{ posts { title } posts { __typename ... on Public { id } } }');
    expect(data).toEqual({ posts: [{ __typename: 'Public', id: 'id of Public' }, { __typename: 'Private' }] });
    expect(JSON.stringify(data)).not.toContain('title');
  });
});
