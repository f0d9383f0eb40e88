import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** What the linter says of a file with this content at this place, in a copy of the workspace that has nothing else. */
function lint(path: string, content: string): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'boundaries-'));
  copyFileSync(join(root, 'biome.json'), join(copy, 'biome.json'));
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), content);
  const { stdout } = spawnSync(
    join(root, 'node_modules', '.bin', 'biome'),
    ['lint', '--vcs-enabled=false', '--reporter=json', path],
    { cwd: copy, encoding: 'utf8' },
  );
  rmSync(copy, { recursive: true, force: true });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; severity: string }[] };
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ category }) => category);
}

const uses = (from: string) => `import * as used from '${from}';\nexport const it = used;\n`;

describe('the linter', () => {
  it.each<[string, string, string]>([
    ['a driver in a service', 'subgraphs/chats/src/message/message-service.ts', uses('mongodb')],
    ['a driver in a resolver', 'subgraphs/auth/src/account/account-resolvers.ts', uses('drizzle-orm')],
    ['a part of a driver in a service', 'subgraphs/auth/src/account/account-service.ts', uses('drizzle-orm/pg-core')],
    ['Redis in a service', 'subgraphs/auth/src/session/session-service.ts', uses('ioredis')],
    ['another subgraph', 'subgraphs/chats/src/people/people.ts', uses('@postbook/profiles-subgraph')],
    ['another subgraph’s files', 'subgraphs/chats/src/people/people.ts', uses('../../../profiles/src/services.ts')],
    [
      'another subgraph in a repository',
      'subgraphs/chats/src/people/card-repository.ts',
      uses('@postbook/profiles-subgraph'),
    ],
    ['the sources of a package', 'gateway/src/server.ts', uses('@postbook/service-kit/src/index.ts')],
    ['the files of a package', 'gateway/src/server.ts', uses('../../packages/service-kit/src/index.ts')],
    ['the environment outside config.ts', 'gateway/src/server.ts', 'export const port = process.env.PORT;\n'],
    ['any', 'gateway/src/server.ts', 'export const it: any = 1;\n'],
    ['a default export', 'gateway/src/server.ts', 'const it = 1;\nexport default it;\n'],
  ])('refuses %s', (_what, path, content) => {
    expect(lint(path, content)).toEqual([
      expect.stringMatching(/noRestrictedImports|noProcessEnv|noExplicitAny|noDefaultExport/),
    ]);
  });

  it.each<[string, string, string]>([
    ['a driver in a repository', 'subgraphs/chats/src/message/message-repository.ts', uses('mongodb')],
    ['a driver in db/', 'db/src/chats/messages.ts', uses('mongodb')],
    ['the environment in config.ts', 'gateway/src/config.ts', 'export const port = process.env.PORT;\n'],
    ['a package’s own sources in its tests', 'gateway/tests/a.test.ts', uses('../src/server.ts')],
    ['the kit', 'subgraphs/chats/src/message/message-service.ts', uses('@postbook/service-kit')],
  ])('allows %s', (_what, path, content) => {
    expect(lint(path, content)).toEqual([]);
  });
});
