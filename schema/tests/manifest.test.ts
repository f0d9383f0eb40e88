import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { API_PATH, compose, workspaceRoot } from '../src/index.ts';
import { MANIFEST_PATH, readManifest } from '../src/manifest/document-manifest.ts';

describe('the trusted documents', () => {
  const text = readManifest();
  const { format, version, operations } = JSON.parse(text) as {
    format: string;
    version: number;
    operations: { id: string; name: string; body: string; type: string }[];
  };

  it('are those that are committed (else: npm run compose)', () => {
    expect(readFileSync(join(workspaceRoot, MANIFEST_PATH), 'utf8')).toBe(text);
  });

  it('are a manifest as Apollo’s clients and routers read it', () => {
    expect([format, version]).toEqual(['apollo-persisted-query-manifest', 1]);
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(operations.every(({ id }) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  });

  it('hold every client operation as it is written and as it is sent', () => {
    const feed = operations.filter(({ name }) => name === 'HomeFeed').map(({ body }) => body.includes('__typename'));
    expect(feed).toContain(true);
    expect(feed).toHaveLength(2);
  });

  it('are valid', () => {
    const api = buildSchema(compose().get(API_PATH) ?? '');
    expect(operations.flatMap(({ body }) => validate(api, parse(body)))).toEqual([]);
  });
});
