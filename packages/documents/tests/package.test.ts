import { spawnSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '..');
const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
const pnpm = join(folder, '..', '..', 'scripts', 'bootstrap', 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** A front end with the packed package and the one it depends on, outside the workspace. */
function createFrontEnd(): string {
  const frontEnd = mkdtempSync(join(tmpdir(), 'front-end-'));
  run(bin('tsc'), ['-p', 'tsconfig.build.json'], folder);
  run(process.execPath, [pnpm, 'pack', '--pack-destination', frontEnd], folder);
  const [archive = ''] = globSync('*.tgz', { cwd: frontEnd });
  run('tar', ['xzf', archive], frontEnd);
  for (const scope of ['@postbook', '@graphql-typed-document-node']) {
    mkdirSync(join(frontEnd, 'node_modules', scope), { recursive: true });
  }
  renameSync(join(frontEnd, 'package'), join(frontEnd, 'node_modules', '@postbook', 'documents'));
  const core = join('node_modules', '@graphql-typed-document-node', 'core');
  symlinkSync(realpathSync(join(folder, core)), join(frontEnd, core), 'junction');
  return frontEnd;
}

describe('the packed package', () => {
  let frontEnd: string;
  beforeAll(() => {
    frontEnd = createFrontEnd();
  });
  afterAll(() => rmSync(frontEnd, { recursive: true, force: true }));

  /** What the compiler says of a front end's file. */
  const typecheck = (source: string, ...options: readonly string[]) => {
    writeFileSync(join(frontEnd, 'app.ts'), source);
    const args = ['--noEmit', '--strict', '--skipLibCheck', 'false', ...options, 'app.ts'];
    return spawnSync(bin('tsc'), args, { cwd: frontEnd, encoding: 'utf8' }).stdout;
  };

  it.each([
    ['a bundler', ['--module', 'ESNext', '--moduleResolution', 'Bundler']],
    ['Node', ['--module', 'NodeNext', '--moduleResolution', 'NodeNext']],
  ])('type-checks in a front end with %s', (_what, options) => {
    const good = `import { MeDocument, type MeQuery } from '@postbook/documents';
      export const kind: 'Document' = MeDocument.kind;
      export const unread = (data: MeQuery): number | null => data.unreadMessageCount;`;
    expect(typecheck(good, ...options)).toBe('');
    expect(typecheck(`${good}\nexport const wrong = (data: MeQuery) => data.shoeSize;`, ...options)).toContain(
      "Property 'shoeSize' does not exist",
    );
  });

  it('runs in Node as it is, with nothing else installed', () => {
    const script = `import { MeDocument } from '@postbook/documents'; console.log(MeDocument.definitions[0].name.value);`;
    expect(run(process.execPath, ['--input-type=module', '-e', script], frontEnd)).toBe('Me\n');
  });
});
