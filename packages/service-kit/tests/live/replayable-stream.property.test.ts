import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplayableStream } from '../../src/index.ts';
import { settle } from '../support/until.ts';
import { createFakeTopic } from './fake-topic.ts';

/** One thing that may happen to a stream's surroundings. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      fate: fc.constantFrom('send', 'lose', 'double', 'hold'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), index: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), index: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'gap' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'hole' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'storeFails' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'answerRead' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('consume' as const), count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'settle' as const }) },
);

describe('a replayable stream, whatever happens to its messages and reads', () => {
  it('delivers each event once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.record({
          stored: fc.nat(30),
          after: fc.nat(30),
          maxBuffered: fc.integer({ min: 1, max: 12 }),
          pageSize: fc.integer({ min: 1, max: 12 }),
        }),
        async (steps, { stored: storedCount, after, maxBuffered, pageSize }) => {
          const topic = createFakeTopic();
          const stored: number[] = Array.from({ length: storedCount }, (_, index) => index + 1);
          let head = storedCount;
          const held: number[] = [];
          const reads: (() => void)[] = [];
          let failNextRead = false;
          let isFree = false;
          const stream = createReplayableStream<number>({
            topics: topic,
            topic: 't',
            fromMessage: (message) => message as number,
            cursorOf: (event) => event,
            after: Math.min(after, storedCount),
            maxBuffered,
            pageSize,
            gapJitterMs: 0,
            headCheckMs: 1e9,
            readAfter: async (cursor, limit) => {
              const fails = failNextRead;
              failNextRead = false;
              if (fails && !isFree) throw new Error('away');
              // The page is what is stored when the store looks; the answer may take its time.
              const page = stored.filter((event) => event > cursor).slice(0, limit);
              if (!isFree) await new Promise<void>((resolve) => reads.push(resolve));
              return page;
            },
          });
          const seen: number[] = [];
          let wanted = 0;
          const consuming = (async () => {
            for await (const event of stream) {
              seen.push(event);
              while (seen.length >= wanted && !isFree) await settle(1);
            }
          })();

          for (const each of steps) {
            if (each.kind === 'commit') {
              head += 1;
              stored.push(head);
              if (each.fate === 'hold') held.push(head);
              else if (each.fate !== 'lose') topic.send(head);
              if (each.fate === 'double') topic.send(head);
            } else if (each.kind === 'release') {
              const [late] = held.splice(each.index % Math.max(1, held.length), 1);
              if (late !== undefined) topic.send(late);
            } else if (each.kind === 'repeat') {
              const again = stored[each.index % Math.max(1, stored.length)];
              if (again !== undefined) topic.send(again);
            } else if (each.kind === 'gap') topic.gap();
            else if (each.kind === 'hole') head += 1;
            else if (each.kind === 'storeFails') failNextRead = true;
            else if (each.kind === 'answerRead') reads.shift()?.();
            else if (each.kind === 'consume') wanted += each.count;
            else await settle(3);
          }

          // What every subscription gets in the end: a store that answers, a consumer that reads, one gap announced.
          isFree = true;
          for (const answer of reads.splice(0)) answer();
          const expected = stored.filter((event) => event > Math.min(after, storedCount));
          for (let round = 0; seen.length < expected.length && round < 2_000; round += 1) {
            if (round % 50 === 0) topic.gap();
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
          await settle(5);
          await stream.return();
          await consuming;
          expect(seen).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);
});
