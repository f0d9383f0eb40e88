import { say } from './report/say.ts';

/**
 * The whole of a command's `main.ts`: says how long it took, or in one line what went wrong. What it started ends with
 * this process, so an interruption needs no more than to end it.
 *
 * @param work resolves to whether all is well; else the command ends with 1.
 */
export async function runCommand(work: () => Promise<boolean>): Promise<never> {
  const started = performance.now();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  // The process that started us is gone, even if by kill -9.
  process.once('disconnect', () => process.exit(130));
  try {
    const isWell = await work();
    say(`done in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    process.exit(isWell ? 0 : 1);
  } catch (error) {
    say((error as Error).message);
    process.exit(1);
  }
}
