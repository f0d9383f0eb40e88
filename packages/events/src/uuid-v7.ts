import { randomFillSync } from 'node:crypto';

const pool = new Uint8Array(4096);
let poolOffset = pool.length;
let lastMillisecond = 0;
let sequence = 0;

const randomBytes = (count: number): Uint8Array => {
  if (poolOffset + count > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  poolOffset += count;
  return pool.subarray(poolOffset - count, poolOffset);
};

/**
 * The millisecond and 12-bit counter of the next id. Within one process ids only grow: the counter starts at a random
 * value below 2048 each millisecond, and when it is used up, or the clock steps back, the next millisecond is borrowed.
 */
const nextTick = (now: number): void => {
  if (now > lastMillisecond) {
    lastMillisecond = now;
    const [high = 0, low = 0] = randomBytes(2);
    sequence = ((high & 0x07) << 8) | low;
  } else if (sequence < 0xfff) {
    sequence += 1;
  } else {
    lastMillisecond += 1;
    sequence = 0;
  }
};

/**
 * A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, a 12-bit counter, 62 random bits. Ids made by one process
 * sort in the order they were made, which the outbox relies on; ids of different processes sort by their clocks.
 */
export const uuidv7 = (): string => {
  nextTick(Date.now());
  const time = lastMillisecond.toString(16).padStart(12, '0');
  const counter = sequence.toString(16).padStart(3, '0');
  const tail = Buffer.from(randomBytes(8));
  tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
  const random = tail.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${random.slice(0, 4)}-${random.slice(4)}`;
};
