import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { byteText } from './number-text.ts';

/** Where and when a benchmark ran: figures mean little without. */
export function describeMachine(): string {
  const [load = 0] = loadavg();
  return [
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Node ${process.versions.node}, ${type()} ${release()}`,
    `- ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${byteText(totalmem())} of memory`,
    `- load of the machine before the run: ${load.toFixed(1)}`,
  ].join('\n');
}

/** What was compared, as a list. */
export const describeSides = (sides: ReadonlyArray<{ readonly name: string; readonly description: string }>): string =>
  sides.map(({ name, description }) => `- ${name}: ${description}`).join('\n');
