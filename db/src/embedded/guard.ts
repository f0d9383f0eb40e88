import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A tiny shell process that outlives the launcher. It holds the reading end of a pipe whose only writer is the
 * launcher; when the launcher dies, however it dies, the pipe closes and the guard stops the stores. A parent-death
 * signal (`setpriv --pdeathsig`) would do the same on Linux only, and is tied to the thread that spawned the child.
 */
export interface Guard {
  /** Replaces the processes to stop when the launcher is gone. */
  watch(pids: readonly number[]): void;
  /** Lets the guard go without stopping anything. */
  dismiss(): void;
  readonly pid: number | undefined;
}

/** Reads lists of pids until the pipe closes; then: polite signal, ten seconds, kill. */
const SCRIPT = `
pids=
while IFS= read -r line; do pids=$line; done
[ -n "$pids" ] || exit 0
kill -INT $pids 2>/dev/null
tries=0
while [ $tries -lt 100 ]; do
  alive=
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && alive=1; done
  [ -n "$alive" ] || exit 0
  sleep 0.1
  tries=$((tries + 1))
done
kill -KILL $pids 2>/dev/null
`;

/** Starts the guard in a session of its own, so that Ctrl-C in the terminal does not reach it. */
export function startGuard(): Guard {
  const child: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // The guard may be killed with everything else; the next start finds orphans by their records instead.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.unref();

  return {
    watch: (pids) => void child.stdin?.write(`${pids.join(' ')}\n`),
    dismiss: () => void child.stdin?.end('\n'),
    pid: child.pid,
  };
}
