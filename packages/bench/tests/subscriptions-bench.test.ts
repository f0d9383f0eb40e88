import { expect, test } from 'vitest';
import { liveSides } from '../src/subscriptions-bench/live-sides.ts';
import { runSubscriptionsBench } from '../src/subscriptions-bench/run-subscriptions-bench.ts';
import { subscriptionsReport } from '../src/subscriptions-bench/subscriptions-report.ts';

test('the subscription benchmark: every subscriber of every side gets every event once and in order', async () => {
  const result = await runSubscriptionsBench({
    // Hive Gateway isn't installed with the workspace.
    sides: liveSides.filter(({ name }) => name !== 'hive'),
    subscribers: [30],
    paces: [
      { burst: 1, durationMs: 50 },
      { burst: 10, durationMs: 50 },
    ],
    passes: 1,
  });

  expect(result.failures).toEqual([]);
  expect(result.results.map(({ side, subscribers }) => `${side}, ${subscribers}`)).toEqual([
    'naive, 30',
    'raw-send, 30',
    'raw-write, 30',
    'ours, 30',
  ]);
  expect(subscriptionsReport(result)).toContain('### 30 subscribers, bursts of 10');
}, 240_000);
