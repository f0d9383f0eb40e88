import { z } from 'zod';
import { BadUserInputError } from '../errors/app-error.ts';

/** Turns the key of a row into an opaque cursor and back. */
export interface CursorCodec<Key> {
  encode(key: Key): string;
  /** @throws BadUserInputError for anything that is not a cursor of this list. */
  decode(cursor: string): Key;
}

/**
 * A codec for keys that JSON can carry. Cursors are opaque but not secret: they hold nothing but the sort key of a row
 * that the reader was shown, and every query checks what may be seen on its own.
 *
 * @param list names the list, so that a cursor of one list is refused by another.
 */
export function createCursorCodec<Key>(list: string, key: z.ZodType<Key>): CursorCodec<Key> {
  const shape = z.tuple([z.literal(list), key]);
  return {
    encode: (value) => Buffer.from(JSON.stringify([list, value])).toString('base64url'),
    decode(cursor) {
      try {
        return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))[1];
      } catch (cause) {
        throw new BadUserInputError('The cursor is not one of this list: use endCursor or startCursor as returned.', {
          cause,
        });
      }
    },
  };
}

/** Key of a list sorted by time and, among equal times, by id: ties neither skip nor repeat. */
export interface TimeKey {
  readonly at: Date;
  readonly id: string;
}

/** Last moment that a `Date` can hold, in milliseconds since 1970. */
const LAST_MOMENT = 8_640_000_000_000_000;

/** A document's id as the graph shows it: 24 hexadecimal digits. */
const documentId = z.string().regex(/^[0-9a-f]{24}$/);

/**
 * The codec of lists sorted by {@link TimeKey}.
 *
 * @param id what ids of the list look like; a document's by default. Checked as strictly as the store reads it: a forged
 * cursor must be the caller's mistake and not a fault of ours.
 */
export const timeCursorCodec = (list: string, id: z.ZodType<string> = documentId): CursorCodec<TimeKey> => {
  const codec = createCursorCodec(list, z.tuple([z.int().min(0).max(LAST_MOMENT), id]));
  return {
    encode: ({ at, id: last }) => codec.encode([at.getTime(), last]),
    decode(cursor) {
      const [at, last] = codec.decode(cursor);
      return { at: new Date(at), id: last };
    },
  };
};
