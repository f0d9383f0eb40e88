import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createClientInfoReader } from './client-info.ts';

const request = (forwarded?: string, remoteAddress = '10.0.0.9', userAgent?: string) =>
  ({
    headers: { 'x-forwarded-for': forwarded, 'user-agent': userAgent },
    socket: { remoteAddress },
  }) as unknown as IncomingMessage;

test.each([
  [0, '1.1.1.1', '10.0.0.9'],
  [1, '1.1.1.1', '1.1.1.1'],
  [1, '6.6.6.6, 1.1.1.1', '1.1.1.1'],
  [2, '6.6.6.6, 1.1.1.1, 10.0.0.1', '1.1.1.1'],
  [2, '1.1.1.1', '10.0.0.9'],
  [1, undefined, '10.0.0.9'],
])('behind %i proxies, x-forwarded-for "%s" means %s', (proxies, forwarded, ip) => {
  expect(createClientInfoReader(proxies)(request(forwarded))).toEqual({ ip });
});

test('an IPv4 address is written as one, and a user agent is kept short', () => {
  const info = createClientInfoReader(0)(request(undefined, '::ffff:10.1.2.3', 'x'.repeat(1_000)));
  expect(info).toEqual({ ip: '10.1.2.3', userAgent: 'x'.repeat(512) });
});
