import { expect, test } from 'vitest';
import { runSoak } from '../src/soak/run-soak.ts';
import { soakReport } from '../src/soak/soak-report.ts';

test('memory stays flat while people, subgraphs and schemas come and go', async () => {
  const result = await runSoak({ minutes: 0.2 });

  expect(result.reloads + result.restarts).toBe(result.samples.length);
  expect(result.restarts).toBeGreaterThanOrEqual(4);
  expect(result.counts.events).toBeGreaterThan(0);
  expect(soakReport(result)).not.toContain('**no**');
}, 240_000);
