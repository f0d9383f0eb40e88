import type { PageRequest } from '../pagination/connection.ts';
import type { TimeKey } from '../pagination/cursor-codec.ts';
import { toObjectId } from './object-id.ts';

/** Bounds that hold for every moment. With a bound both engines read the index in order instead of sorting. */
const EVER_BEFORE = new Date('9999-12-31T23:59:59.999Z');
const EVER_AFTER = new Date(0);

/**
 * Filter and order of one page of a list that is newest first, by a time field and `_id`. The bound on the time alone
 * is what lets the index be used; the alternative after it leaves out what is not past the cursor among equal times.
 *
 * @throws BadUserInputError when the cursor's id is none.
 */
export function timePage(field: string, { cursor, direction }: PageRequest<TimeKey>) {
  const isForward = direction === 'forward';
  const order = isForward ? (-1 as const) : (1 as const);
  const [reach, past] = isForward ? ['$lte', '$lt'] : ['$gte', '$gt'];
  const sort = { [field]: order, _id: order };
  if (!cursor) return { filter: { [field]: { [reach]: isForward ? EVER_BEFORE : EVER_AFTER } }, sort };
  const { at, id } = cursor;
  return {
    filter: {
      [field]: { [reach]: at },
      $or: [{ [field]: { [past]: at } }, { _id: { [past]: toObjectId(id, 'cursor') } }],
    },
    sort,
  };
}
