import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCommandConfig } from '../src/config.ts';
import { seedAtFirstStart } from '../src/seed/seed.ts';
import { choosePorts } from '../src/stack/ports.ts';
import { forgetRunning, recordRunning, runningGraph } from '../src/stack/run-lock.ts';
import { localSecrets } from '../src/stack/secrets.ts';
import { planServices } from '../src/stack/services.ts';

const made: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'postbook-scripts-'));
  made.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
const stores = { postgres: 'postgres://p', mongodb: 'mongodb://m', redis: 'redis://r' };

describe('the local graph', () => {
  it('keeps its ports from start to start, and moves away from those that are taken', async () => {
    const config = loadCommandConfig({ POSTBOOK_DATA_DIR: newFolder() });
    const first = await choosePorts(config);
    expect(new Set(first.values()).size).toBe(first.size);
    expect(await choosePorts(config)).toEqual(first);

    const taken = createServer().listen(first.get('gateway'), '127.0.0.1');
    await once(taken, 'listening');
    const second = await choosePorts(config);
    expect(second.get('gateway')).not.toBe((taken.address() as AddressInfo).port);
    expect(second.get('chats')).toBe(first.get('chats'));
    await new Promise((resolve) => taken.close(resolve));
  });

  it('makes its secrets once, for the owner’s eyes only', () => {
    const folder = newFolder();
    const secrets = localSecrets(folder);
    expect(localSecrets(folder)).toEqual(secrets);
    expect(localSecrets(newFolder())).not.toEqual(secrets);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('knows whether it runs, also after it died without a word', () => {
    const folder = newFolder();
    expect(runningGraph(folder)).toBeUndefined();
    recordRunning(folder, { url: 'http://127.0.0.1:4000', services: {}, stores });
    expect(runningGraph(folder)?.url).toBe('http://127.0.0.1:4000');
    // The same pid, but started at another time: a stranger who got the number after a crash.
    const file = join(folder, 'running.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"startedAt": "\d+/, '"startedAt": "1'));
    expect(runningGraph(folder)).toBeUndefined();
    forgetRunning(folder);
    expect(runningGraph(folder)).toBeUndefined();
  });

  it('gives the key of auth’s secrets to auth alone, whoever set it', async () => {
    const environment = { POSTBOOK_DATA_DIR: newFolder(), SECRETS_KEY: 'k'.repeat(43) };
    const config = loadCommandConfig(environment);
    const plan = { config, stores, secrets: localSecrets(config.dataDir), ports: await choosePorts(config) };
    const holders = planServices(plan).filter((spec) => JSON.stringify(spec.environment).includes('k'.repeat(43)));
    expect(holders.map(({ name }) => name)).toEqual(['auth']);
  });

  it('puts no accounts with a known password into stores that somebody gave', async () => {
    const environment = { POSTBOOK_DATA_DIR: newFolder(), POSTGRES_URL: stores.postgres };
    const config = loadCommandConfig(environment);
    expect(await seedAtFirstStart({ config, specs: [], stores })).toEqual([]);
  });

  it('makes no sample data when none is wanted', async () => {
    const config = loadCommandConfig({ POSTBOOK_DATA_DIR: newFolder(), POSTBOOK_SAMPLE_PEOPLE: '0' });
    expect(await seedAtFirstStart({ config, specs: [], stores })).toEqual([]);
  });
});
