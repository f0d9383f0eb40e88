import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMappers } from '../src/codegen/mappers.ts';

describe('resolver types', () => {
  it('put a subgraph’s models behind the types they are named after', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mappers-'));
    expect(readMappers(folder)).toEqual({});
    mkdirSync(join(folder, 'src'));
    writeFileSync(
      join(folder, 'src', 'mappers.ts'),
      `export type { Account as UserModel } from './a.ts';\nexport interface SessionModel {}\n`,
    );
    expect(readMappers(folder)).toEqual({ User: '../mappers.ts#UserModel', Session: '../mappers.ts#SessionModel' });
    rmSync(folder, { recursive: true, force: true });
  });
});
