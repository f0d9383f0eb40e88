import { describe, expect, it } from 'vitest';
import { deviceOf } from './device.ts';

describe('a device', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Web', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
      'Mobile',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Web', 'Edge on Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) PostBook/1 Chrome/140 Electron/38 Safari/537',
      'Desktop',
      'Chrome on macOS',
    ],
    ['curl/8.9.1', null, null],
  ])('is read from %s', (userAgent, type, info) => {
    expect(deviceOf({ ip: '192.0.2.1', userAgent })).toMatchObject({ type, info });
  });

  it('keeps no control characters and no endless text', () => {
    const { userAgent } = deviceOf({ ip: '192.0.2.1', userAgent: `a\u0000b\r\n${'x'.repeat(2_000)}` });
    expect(userAgent).toMatch(/^abx+$/);
    expect(userAgent).toHaveLength(512);
  });

  it('has an address even if the gateway knew none or sent something else', () => {
    expect(deviceOf(undefined).ipAddress).toBe('0.0.0.0');
    expect(deviceOf({ ip: "'; drop table users" }).ipAddress).toBe('0.0.0.0');
    expect(deviceOf({ ip: 'fe80::1%eth0' }).ipAddress).toBe('fe80::1');
  });
});
