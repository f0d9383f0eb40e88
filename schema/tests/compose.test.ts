import { buildSchema, GraphQLObjectType, isNonNullType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { API_PATH, compose, driftOf, SUPERGRAPH_PATH, subgraphs, writeComposed } from '../src/index.ts';
import { branchOnDisk } from './support/branches.ts';

describe('the composed graph', () => {
  const files = compose();

  it('is the one that is committed (else: npm run compose)', () => {
    expect(driftOf(files)).toEqual([]);
  });

  it('leaves no file of a subgraph that is gone', () => {
    const branch = branchOnDisk();
    branch.write('schema/subgraphs/gone.graphql', 'type Query { gone: Int }\n');
    const composed = compose(branch.root);
    expect(driftOf(composed, branch.root)).toEqual(['schema/subgraphs/gone.graphql']);
    expect(writeComposed(composed, branch.root)).toEqual(['schema/subgraphs/gone.graphql']);
    expect(driftOf(composed, branch.root)).toEqual([]);
    branch.dispose();
  });

  it('has every registered subgraph', () => {
    for (const { name, routingUrl } of subgraphs) {
      expect(files.get(SUPERGRAPH_PATH)).toContain(`@join__graph(name: "${name}", url: "${routingUrl}")`);
      expect(files.has(`schema/subgraphs/${name}.graphql`)).toBe(true);
    }
  });

  it('shows clients nothing that services tell each other', () => {
    const api = buildSchema(files.get(API_PATH) ?? '');
    const user = api.getType('User');
    expect(user).toBeInstanceOf(GraphQLObjectType);
    expect(Object.keys((user as GraphQLObjectType).getFields())).not.toContain('registrationNames');
    expect(api.getType('RegistrationNames')).toBeUndefined();
    expect(api.getType('_Service')).toBeUndefined();
  });

  it('makes one entity of a person over all subgraphs', () => {
    const user = buildSchema(files.get(API_PATH) ?? '').getType('User') as GraphQLObjectType;
    expect(Object.keys(user.getFields())).toEqual(
      expect.arrayContaining([
        'id',
        'username',
        'email',
        'displayName',
        'avatarUrl',
        'profile',
        'friends',
        'relationship',
      ]),
    );
  });

  it('lets no service that is away take the answers of others with it: fields that another one fills may be null', () => {
    const api = buildSchema(files.get(API_PATH) ?? '');
    const roots = [api.getQueryType(), api.getMutationType()].flatMap((type) => Object.values(type?.getFields() ?? {}));
    expect(roots.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([]);
    const person = Object.values((api.getType('User') as GraphQLObjectType).getFields());
    // The key, and the name that every service with people keeps a copy of.
    expect(person.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual(['id', 'username']);
  });
});
