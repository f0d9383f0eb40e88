/** What is said in a room, as it is stored and as it travels live. */
export interface RoomMessage {
  /** 1, 2, 3, …; also the cursor. */
  readonly number: number;
  readonly text: string;
  /** Milliseconds since 1970, with fractions: clients measure the delay by it. */
  readonly sentAt: number;
  readonly senderId: string;
}

/** A room's messages in memory: the store of a subgraph that is no part of what is measured. */
export interface Room {
  readonly head: number;
  append(text: string): RoomMessage;
  /** Up to `limit` messages behind a number. */
  readAfter(number: number, limit: number): readonly RoomMessage[];
}

/** Messages kept for replay; older ones are forgotten, so that an hour of soaking stays flat. */
const KEPT_MESSAGES = 1_000;
/** People who write. */
const SENDERS = 5;

/** The clock that every process of this machine shares, finer than milliseconds. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

/** Makes an empty room. */
export function createRoom(): Room {
  let messages: RoomMessage[] = [];
  let head = 0;
  return {
    get head() {
      return head;
    },
    append(text) {
      head += 1;
      const message = { number: head, text, sentAt: preciseNow(), senderId: `u${head % SENDERS}` };
      messages.push(message);
      if (messages.length > 2 * KEPT_MESSAGES) messages = messages.slice(-KEPT_MESSAGES);
      return message;
    },
    readAfter: (number, limit) => messages.filter((message) => message.number > number).slice(0, limit),
  };
}
