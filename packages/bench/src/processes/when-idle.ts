import { setTimeout as pause } from 'node:timers/promises';
import { readUsage } from './process-usage.ts';

const LOOK_EVERY_MS = 250;
/** CPU in that time, of all processes together, that timers and pings take. The kernel counts in steps of 10 ms. */
const IDLE_MS = 20;
/** A process that is never idle is measured as it is. */
const PATIENCE_MS = 60_000;

/** Resolves when the processes have done next to nothing for a moment: what they had begun is finished. */
export async function whenIdle(pids: readonly number[]): Promise<void> {
  const used = () => pids.reduce((sum, pid) => sum + readUsage(pid).cpuMs, 0);
  const deadline = performance.now() + PATIENCE_MS;
  for (let before = used(); performance.now() < deadline; ) {
    await pause(LOOK_EVERY_MS);
    const now = used();
    if (now - before <= IDLE_MS) return;
    before = now;
  }
}
