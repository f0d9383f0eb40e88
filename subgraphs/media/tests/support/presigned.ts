import { createHash, createHmac } from 'node:crypto';
import type { S3Config } from '../../src/config.ts';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * Whether a store that checks Signature Version 4 would take a request at this URL. The server of the tests doesn't check
 * it, so that what the signature covers is proven here.
 */
export function isSignedFor(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  { secretAccessKey, region }: S3Config,
): boolean {
  const { host, pathname, searchParams } = new URL(url);
  const signature = searchParams.get('X-Amz-Signature');
  const [date = '', signed = ''] = ['X-Amz-Date', 'X-Amz-SignedHeaders'].map((name) => searchParams.get(name) ?? '');
  searchParams.delete('X-Amz-Signature');
  const query = [...searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const all: Readonly<Record<string, string>> = { ...headers, host };
  const lines = signed.split(';').map((name) => `${name}:${all[name] ?? ''}\n`);
  const canonical = [method, pathname, query, lines.join(''), signed, 'UNSIGNED-PAYLOAD'].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const key = [date.slice(0, 8), region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, digest].join('\n')).toString('hex') === signature;
}
