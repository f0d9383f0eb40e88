import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '@postbook/testkit';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../src/processes/child-process.ts';
import { remoteOf } from '../src/processes/commands.ts';
import { openInspector } from '../src/processes/inspector.ts';
import { readUsage } from '../src/processes/process-usage.ts';
import { whenIdle } from '../src/processes/when-idle.ts';
import type { WorkerCommands } from './fixtures/worker.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.ts`);
const startWorker = () => startProcess({ name: 'worker', args: [fixture('worker')], isInspected: true });
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a process', () => {
  it('answers commands, failures included, and ends when it is told', async () => {
    const worker = await startWorker();
    const commands = remoteOf<WorkerCommands>(worker.child);
    expect(await commands.add({ a: 1, b: 2 })).toBe(3);
    await expect(commands.fail()).rejects.toThrow('as it was told');
    const unanswered = commands.hang();
    await worker.stop();
    await expect(unanswered).rejects.toThrow('the process ended');
    expect(isAlive(worker.pid)).toBe(false);
  });

  it('that ends before it is ready says why', async () => {
    const starting = startProcess({ name: 'broken', args: ['--eval', 'console.error("no luck"); process.exit(3)'] });
    await expect(starting).rejects.toThrow(/^broken ended before it was ready \(3\): no luck/);
  });

  it('ends with its parent, even if that is killed', async () => {
    const parent = spawn(process.execPath, [fixture('parent')], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
  });

  it('is seen from outside: its CPU, its memory, what it holds', async () => {
    const worker = await startWorker();
    const commands = remoteOf<WorkerCommands>(worker.child);
    const inspector = await openInspector(worker.inspectorUrl ?? '');
    const [usage, empty] = [readUsage(worker.pid), await inspector.sample()];
    await commands.burn({ cpuMs: 200 });
    await commands.hold({ mebibytes: 50 });
    expect(readUsage(worker.pid).cpuMs - usage.cpuMs).toBeGreaterThanOrEqual(190);
    expect(readUsage(worker.pid).rss - usage.rss).toBeGreaterThan(40 * 1024 ** 2);
    const full = await inspector.sample();
    expect(full.external - empty.external).toBeGreaterThan(49 * 1024 ** 2);
    await commands.hold({ mebibytes: 0 });
    expect((await inspector.sample()).external - empty.external).toBeLessThan(1024 ** 2);
    await whenIdle([worker.pid]);
    inspector.close();
    await worker.stop();
    expect(() => readUsage(worker.pid)).toThrow('the process has ended');
  });
});
