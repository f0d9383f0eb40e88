import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

describe('docs/errors.md', () => {
  it('lists every code that an error of ours can have', () => {
    const sources = globSync(join(root, '{packages/service-kit,gateway,subgraphs/*}', 'src', '**', '*.ts'));
    const text = sources.map((file) => readFileSync(file, 'utf8')).join('\n');
    const codes = [...text.matchAll(/readonly code = '([A-Z_]+)'/g)].map((match) => match[1] ?? '');
    const listed = readFileSync(join(root, 'docs', 'errors.md'), 'utf8');
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !listed.includes(`\`${code}\``))).toEqual([]);
  });
});
