import { describe, expect, it } from 'vitest';
import { type Component, createLifecycle, silentLogger } from '../../src/index.ts';

function recorder() {
  const calls: string[] = [];
  const component = (name: string, options: { failsToStart?: boolean; failsToStop?: boolean } = {}): Component => ({
    name,
    async start() {
      calls.push(`start ${name}`);
      if (options.failsToStart) throw new Error(`${name} is broken`);
    },
    async stop() {
      calls.push(`stop ${name}`);
      if (options.failsToStop) throw new Error(`${name} hangs`);
    },
  });
  return { calls, component };
}

describe('the life cycle', () => {
  it('starts in order, stops in the opposite order, once', async () => {
    const { calls, component } = recorder();
    const lifecycle = createLifecycle([component('store'), component('server')], silentLogger);
    await lifecycle.start();
    expect(lifecycle.state).toBe('running');
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(lifecycle.state).toBe('stopped');
    expect(calls).toEqual(['start store', 'start server', 'stop server', 'stop store']);
  });

  it('stops what had started when a part fails to, and says why', async () => {
    const { calls, component } = recorder();
    const lifecycle = createLifecycle([component('store'), component('server', { failsToStart: true })], silentLogger);
    await expect(lifecycle.start()).rejects.toThrow('server is broken');
    expect(calls).toEqual(['start store', 'start server', 'stop server', 'stop store']);
    expect(lifecycle.state).toBe('stopped');
  });

  it('stops every part even if one hangs on', async () => {
    const { calls, component } = recorder();
    const lifecycle = createLifecycle([component('store'), component('server', { failsToStop: true })], silentLogger);
    await lifecycle.start();
    await lifecycle.stop();
    expect(calls.slice(2)).toEqual(['stop server', 'stop store']);
  });
});
