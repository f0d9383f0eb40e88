import { readFileSync } from 'node:fs';
import { buildASTSchema, GraphQLEnumType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { COMMON_SDL, done, refused, USER_ERROR_CODES, userError } from '../../src/index.ts';

describe('user errors', () => {
  it('have the codes that the graph knows', () => {
    // Directives of the federation aren't defined here, and don't matter.
    const sdl = parse(`type Query { _: Int }\n${readFileSync(COMMON_SDL, 'utf8')}`);
    const codes = buildASTSchema(sdl, { assumeValidSDL: true }).getType('UserErrorCode') as GraphQLEnumType;
    expect(codes).toBeInstanceOf(GraphQLEnumType);
    expect(codes.getValues().map(({ name }) => name)).toEqual([...USER_ERROR_CODES]);
  });

  it('say which place of the input they are about', () => {
    expect(userError('REQUIRED', 'Give a name.').path).toEqual([]);
    expect(userError('TOO_LONG', 'Too long.', 'members', 2, 'name').path).toEqual(['input', 'members', '2', 'name']);
  });

  it('come with no value, and a value comes with none of them', () => {
    const error = userError('NOT_FOUND', 'There is no such person.', 'userId');
    expect(refused(error)).toEqual({ value: null, errors: [error] });
    expect(done(1)).toEqual({ value: 1, errors: [] });
  });
});
