import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createOperatorAccess } from '../../src/index.ts';

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
const token = 'o'.repeat(32);

describe('what is for operators', () => {
  it('is open to this machine when there is no token', () => {
    const mayRead = createOperatorAccess(undefined);
    expect(mayRead(request('127.0.0.1'))).toBe(true);
    expect(mayRead(request('::ffff:127.0.0.1'))).toBe(true);
    expect(mayRead(request('203.0.113.7'))).toBe(false);
    expect(mayRead(request('127.0.0.1', { 'x-forwarded-for': '203.0.113.7' }))).toBe(false);
    expect(mayRead(request('127.0.0.1', { forwarded: 'for=203.0.113.7' }))).toBe(false);
  });

  it('is open to whoever shows the token, and to nobody else, this machine included', () => {
    const mayRead = createOperatorAccess(token);
    expect(mayRead(request('203.0.113.7', { authorization: `Bearer ${token}` }))).toBe(true);
    expect(mayRead(request('203.0.113.7', { authorization: `Bearer ${token}x` }))).toBe(false);
    expect(mayRead(request('203.0.113.7', { authorization: `Bearer ${'x'.repeat(32)}` }))).toBe(false);
    expect(mayRead(request('127.0.0.1'))).toBe(false);
  });
});
