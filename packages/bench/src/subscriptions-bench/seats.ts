import { randomUUID } from 'node:crypto';
import type { TokenService } from '../chat-graph/tokens.ts';
import type { Seat } from '../subscribers/audience.ts';
import { LIVE_OPERATION } from './live-operation.ts';
import { type LiveSide, ROOM } from './live-side.ts';

/** How many different cursors subscribers begin at: as if they had been away for different times. */
const CURSORS = 10;

/** Messages that must have been sent before subscribers with {@link CURSORS} different cursors come. */
export const MESSAGES_BEFORE: number = CURSORS;

/** A subscriber of a gateway: somebody of their own, at a cursor of their own. */
async function seatAt(index: number, head: number, tokens: TokenService): Promise<Seat> {
  const replayed = index % CURSORS;
  const payload = { query: LIVE_OPERATION, variables: { room: ROOM, after: String(head - replayed) } };
  return {
    init: JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${await tokens.issue()}` } }),
    subscribe: JSON.stringify({ id: randomUUID(), type: 'subscribe', payload }),
    replayed,
  };
}

const emptySeat: Seat = { init: '{"type":"connection_init"}', subscribe: '{"type":"subscribe"}', replayed: 0 };

/** The subscribers of one side. */
export const seatsFor = (side: LiveSide, count: number, head: number, tokens: TokenService): Promise<Seat[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => (side.isGateway ? seatAt(at, head, tokens) : emptySeat)));
