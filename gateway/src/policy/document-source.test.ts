import { silentLogger } from '@postbook/service-kit/edge';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { createDocumentList } from './document-manifest.ts';
import { createDocumentSource } from './document-source.ts';
import { createPersistedQueries, digestOfText } from './persisted-queries.ts';
import { policyVariables, toPolicyConfig } from './policy-config.ts';

const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

/** A source in which `{ kept }` was kept and `{ trusted }` is trusted. */
async function createSource(mode: 'off' | 'log' | 'enforce', isOn = true) {
  const env = { TRUSTED_DOCUMENTS: mode, TRUSTED_DOCUMENTS_PATH: 'x.json', PERSISTED_QUERIES: isOn ? 'on' : 'off' };
  const queries = createPersistedQueries({
    redis: () => undefined,
    namespace: 'x',
    ttlSeconds: 60,
    maximum: 10,
    log: silentLogger,
  });
  await queries.set(digestOfText('{ kept }'), '{ kept }');
  const list = createDocumentList([{ id: 'app/1', name: 'Trusted', body: '{ trusted }' }]);
  return createDocumentSource({
    config: toPolicyConfig(z.object(policyVariables).parse(env)),
    trusted: () => list,
    persisted: queries,
    metrics: createGatewayMetrics(new Registry()),
    log: silentLogger,
  });
}

describe('the text of an operation over a socket or an event stream', () => {
  it('is what was sent, or what its digest or id stands for', async () => {
    const source = await createSource('off');
    expect(await source.textOf({ query: '{ sent }' })).toBe('{ sent }');
    expect(await source.textOf({ query: '', extensions: persisted(digestOfText('{ kept }')) })).toBe('{ kept }');
    expect(await source.textOf({ query: '', extensions: persisted('app/1') })).toBe('{ trusted }');
    expect(await source.textOf({ query: '{ sent }', extensions: persisted(digestOfText('{ sent }')) })).toBe(
      '{ sent }',
    );
    expect(await source.textOf({ query: '', extensions: { other: 1 } })).toBe('');
  });

  it.each([
    ['nobody has sent', { query: '', extensions: persisted('0'.repeat(64)) }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['belongs to another text', { query: '{ sent }', extensions: persisted('0'.repeat(64)) }, 'BAD_REQUEST'],
    [
      'is of another version',
      { query: '', extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } },
      'BAD_REQUEST',
    ],
    ['is no digest', { query: '', extensions: { persistedQuery: 7 } }, 'BAD_REQUEST'],
  ])('is refused when its digest %s', async (_what, request, code) => {
    const source = await createSource('off');
    await expect(source.textOf(request)).rejects.toMatchObject({ code });
  });

  it('must be trusted where only such are run, even when somebody kept it before', async () => {
    const source = await createSource('enforce');
    expect(await source.textOf({ query: '{trusted}' })).toBe('{trusted}');
    const refused = { code: 'OPERATION_NOT_TRUSTED' };
    await expect(source.textOf({ query: '{ sent }' })).rejects.toMatchObject(refused);
    const kept = { query: '', extensions: persisted(digestOfText('{ kept }')) };
    await expect(source.textOf(kept)).rejects.toMatchObject(refused);
    expect(await (await createSource('log')).textOf({ query: '{ sent }' })).toBe('{ sent }');
  });

  it('is found by id alone when nothing is kept for clients', async () => {
    const source = await createSource('enforce', false);
    expect(await source.textOf({ query: '', extensions: persisted('app/1') })).toBe('{ trusted }');
    const kept = { query: '', extensions: persisted(digestOfText('{ kept }')) };
    await expect(source.textOf(kept)).rejects.toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
  });
});
