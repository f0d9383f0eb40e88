import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT_BAD_CONFIG } from '../../src/index.ts';

const fixture = join(import.meta.dirname, 'fixtures', 'service.ts');

describe('a service’s process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function run(environment: Record<string, string> = {}) {
    const child = fork(fixture, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    });
    children.push(child);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    const messages: { type: string; [detail: string]: unknown }[] = [];
    child.on('message', (message) => messages.push(message as { type: string }));
    const exited = once(child, 'exit').then(([code]) => code as number);
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message) => (message as { type: string }).type === 'ready' && resolve());
    });
    return { child, messages, exited, ready, output: () => output };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'tells its parent where it is, and stops in good order on %s',
    async (signal) => {
      const { child, messages, exited, ready } = run();
      await ready;
      expect(messages).toEqual([{ type: 'ready', url: 'http://127.0.0.1:1' }]);
      child.kill(signal);
      expect(await exited).toBe(0);
      expect(messages.at(-1)).toEqual({ type: 'stopping' });
    },
  );

  it('stops when its parent is gone, of whom nothing else would tell', async () => {
    const { child, exited, ready, output } = run();
    await ready;
    child.disconnect();
    expect(await exited).toBe(0);
    expect(output()).toContain('parent gone');
  });

  it('lists every mistake of its configuration and leaves with the code that no restart helps', async () => {
    const { exited, messages, output } = run({ MISTAKE: '1' });
    expect(await exited).toBe(EXIT_BAD_CONFIG);
    expect(output()).toContain('  - PORT: must be a whole number\n  - REDIS_URL: is missing');
    expect(messages).toMatchObject([{ type: 'failed' }]);
  });

  it('says why it could not start', async () => {
    const { exited, messages, output } = run({ CANT_START: '1' });
    expect(await exited).toBe(1);
    expect(messages).toEqual([{ type: 'failed', message: 'the port is taken' }]);
    expect(output()).toContain('could not start');
  });

  it('leaves after a fault that nobody caught, rather than limp on', async () => {
    const { exited, output } = run({ FAULT: '1' });
    expect(await exited).toBe(1);
    expect(output()).toContain('nobody caught this');
  });
});
