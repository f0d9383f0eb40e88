import { describe, expect, it } from 'vitest';
import { BadUserInputError, fromObjectId, parseObjectId, toObjectId } from '../../src/index.ts';

describe('an ObjectId in text', () => {
  it('goes to the store and back unchanged', () => {
    const id = '65f0a1b2c3d4e5f601234567';
    expect(fromObjectId(toObjectId(id))).toBe(id);
  });

  it.each([
    '',
    'x',
    '65f0a1b2c3d4e5f60123456',
    '65f0a1b2c3d4e5f6012345678',
    'twelve bytes',
    '65f0a1b2c3d4e5f60123456g',
  ])('is not %j', (text) => {
    expect(parseObjectId(text)).toBeUndefined();
    expect(() => toObjectId(text, 'postId')).toThrow(BadUserInputError);
  });

  it('names the argument that is wrong', () => {
    expect(() => toObjectId('x', 'postId')).toThrow('postId');
  });
});
