import { ObjectId } from 'mongodb';
import { BadUserInputError } from '../errors/app-error.ts';

const OBJECT_ID = /^[0-9a-f]{24}$/i;

/** The ObjectId written as 24 hexadecimal digits, or undefined when the text is none. For ids whose absence is expected. */
export const parseObjectId = (id: string): ObjectId | undefined => (OBJECT_ID.test(id) ? new ObjectId(id) : undefined);

/**
 * The ObjectId written as 24 hexadecimal digits.
 * @throws BadUserInputError when the text is none; `argument` names it for the client.
 */
export const toObjectId = (id: string, argument = 'id'): ObjectId => {
  const parsed = parseObjectId(id);
  if (parsed) return parsed;
  throw new BadUserInputError(`${argument} is not an id.`, { details: { argument } });
};

/** The text form that the graph and events use. */
export const fromObjectId = (id: ObjectId): string => id.toHexString();
