import { join } from 'node:path';
import { eventually } from '@postbook/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type SupervisedProcess, superviseProcess } from '../src/stack/supervised-process.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.ts`);
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a supervised process', () => {
  const running: SupervisedProcess[] = [];
  afterEach(() => Promise.all(running.splice(0).map((supervised) => supervised.stop())));

  async function supervise() {
    const crashes: string[] = [];
    let recovered = 0;
    const supervised = await superviseProcess({
      name: 'sample',
      entry: fixture('well-behaved'),
      environment: process.env,
      onCrash: ({ exit }) => crashes.push(exit),
      onRecovered: () => {
        recovered += 1;
      },
    });
    running.push(supervised);
    return { supervised, crashes, recovered: () => recovered };
  }

  it('is started again when it is killed, and says so', async () => {
    const { supervised, crashes, recovered } = await supervise();
    const first = supervised.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually(() => recovered() === 1);
    expect(crashes).toEqual(['SIGKILL']);
    expect(supervised.pid).not.toBe(first);
    expect(isAlive(supervised.pid ?? 0)).toBe(true);
  });

  it('stays away once it is stopped', async () => {
    const { supervised, crashes } = await supervise();
    const pid = supervised.pid ?? 0;
    await Promise.all([supervised.stop(), supervised.stop()]);
    expect(isAlive(pid)).toBe(false);
    expect(crashes).toEqual([]);
  });

  it('is another one after a restart on purpose, which is no crash', async () => {
    const { supervised, crashes } = await supervise();
    const before = supervised.pid;
    await supervised.restart();
    expect(supervised.pid).not.toBe(before);
    expect(crashes).toEqual([]);
  });

  it('fails with its own words when it can’t start', async () => {
    const starting = superviseProcess({ name: 'sample', entry: fixture('broken'), environment: process.env });
    await expect(starting).rejects.toThrow('sample: REDIS_URL: is missing');
  });
});
