import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants have used so far, all threads included. */
export interface ProcessUsage {
  /** Milliseconds of CPU, user and system. Counted by the kernel in steps of 10. */
  readonly cpuMs: number;
  /** Bytes of memory in use now. */
  readonly rss: number;
}

/** Linux counts in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10;
const PAGE_BYTES = 4096;

/** The fields of `/proc/<pid>/stat` behind the program's name, which may itself have blanks and brackets. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const PARENT = 1;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
const RESIDENT_PAGES = 21;

/** The process and everything it started. */
function familyOf(pid: number): readonly number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.[PARENT] : undefined;
    return parent === undefined ? [] : [{ pid: Number(name), parent: Number(parent) }];
  });
  const family = [pid];
  for (const member of family) family.push(...parents.filter(({ parent }) => parent === member).map((it) => it.pid));
  return family;
}

/**
 * Reads what a process uses from outside, the same way for every side.
 *
 * @throws Error when there is no such process, or no `/proc`: the benchmarks need Linux.
 */
export function readUsage(pid: number): ProcessUsage {
  if (!statOf(pid)) throw new Error(`no /proc/${pid}: the process has ended, or this system is no Linux`);
  const stats = familyOf(pid).flatMap((member) => {
    const stat = statOf(member);
    return stat ? [stat] : [];
  });
  const sum = (...fields: readonly number[]) =>
    stats.reduce((total, stat) => total + fields.reduce((own, field) => own + Number(stat[field] ?? 0), 0), 0);
  return { cpuMs: sum(USER_TICKS, SYSTEM_TICKS) * MS_PER_TICK, rss: sum(RESIDENT_PAGES) * PAGE_BYTES };
}
