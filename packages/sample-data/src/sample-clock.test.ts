import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createSampleClock } from './sample-clock.ts';

it('shows each of several things that run at once its own moment', async () => {
  const clock = createSampleClock();
  const [early, late] = [new Date(1_000), new Date(2_000)];
  const look = async () => {
    await setImmediate();
    return clock.now();
  };
  expect(await Promise.all([clock.at(early, look), clock.at(late, look)])).toEqual([early, late]);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1_000);
});
