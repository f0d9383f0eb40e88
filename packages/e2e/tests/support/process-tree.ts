import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '@postbook/testkit';

/** A process, as the kernel lists it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function readProcess(pid: string): ProcessEntry | undefined {
  try {
    // The name in parentheses may contain anything; what follows the last one is fixed.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    if (state === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid: Number(pid), parent: Number(parent), command };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}

/** All living processes. */
export const processes = (): ProcessEntry[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid) ?? []);

/** A process and everything below it, parents before children. */
export function processTree(root: number): ProcessEntry[] {
  const all = processes();
  const tree = all.filter(({ pid }) => pid === root);
  for (const entry of tree) tree.push(...all.filter(({ parent }) => parent === entry.pid));
  return tree;
}

/** Kills without a word, those that would start others again first. */
export function killAll(entries: readonly ProcessEntry[]): void {
  for (const { pid } of entries) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It died with another one.
    }
  }
}

const isAlive = (entry: ProcessEntry) => readProcess(String(entry.pid))?.command === entry.command;

/** Waits until none of the processes is left. @throws Error naming those that stay. */
export async function untilGone(entries: readonly ProcessEntry[], timeoutMs = 30_000): Promise<void> {
  await eventually(
    () => {
      const left = entries.filter(isAlive);
      if (left.length > 0)
        throw new Error(`still running: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`);
      return true;
    },
    { timeoutMs },
  );
}
