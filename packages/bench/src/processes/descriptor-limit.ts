import { readFileSync } from 'node:fs';

/** Files and sockets that a process needs besides its subscribers'. */
const OTHERS = 500;

/** The most files and sockets that one process may hold open, as its own `/proc` entry says. */
function openFilesLimit(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited';
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/**
 * Node raises its soft limit to the hard one by itself, so the hard one decides.
 *
 * @throws Error that says how to raise the limit, when so many sockets can't be held.
 */
export function requireDescriptors(sockets: number, limits: string = readFileSync('/proc/self/limits', 'utf8')): void {
  const limit = openFilesLimit(limits);
  if (sockets + OTHERS <= limit) return;
  throw new Error(
    `${sockets} subscribers need ${sockets + OTHERS} open files, and a process may have ${limit} here: ` +
      `raise it with "ulimit -Hn ${sockets + OTHERS}" (as root) or take fewer with --subscribers.`,
  );
}
