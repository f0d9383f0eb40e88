import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const auth = join(root, 'subgraphs', 'auth');
/** Where the package's dependencies are found, and where a build of the same package isn't in the way. */
const output = join('node_modules', '.bundle-under-test');
const bundle = join(auth, output, 'main.js');
const run = (args: readonly string[], environment: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, args, {
    cwd: auth,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, ...environment },
  });

describe('the bundle of a service', () => {
  beforeAll(() => {
    const built = run([join(root, 'scripts', 'src', 'build-service.ts'), output], {});
    expect(built.stderr).toBe('');
    expect(built.stdout).toContain(`build: wrote ${join(output, 'main.js')}`);
  });

  it('reports every mistake of its configuration at once, and that a restart won’t help', () => {
    const { status, stderr } = run([bundle], {});
    expect(status).toBe(78);
    for (const name of ['POSTGRES_URL', 'REDIS_URL', 'INTERNAL_IDENTITY_SECRET', 'SECRETS_KEY'])
      expect(stderr).toContain(name);
  });

  it('has all it needs beside it: without stores it fails for want of them and nothing else', () => {
    const { status, stdout } = run([bundle], {
      POSTGRES_URL: 'postgres://nobody@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      INTERNAL_IDENTITY_SECRET: 'i'.repeat(32),
      SECRETS_KEY: 's'.repeat(43),
    });
    expect(status).toBe(1);
    expect(stdout).toContain('could not start');
    expect(stdout).toContain('ECONNREFUSED');
  });
});
