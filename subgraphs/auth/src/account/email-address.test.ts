import { describe, expect, it } from 'vitest';
import { displayEmailAddress, parseEmailAddress } from './email-address.ts';

describe('an e-mail address', () => {
  it.each([
    ['ada@example.org', 'ada@example.org'],
    ['  Ada.Lovelace+news@Example.ORG ', 'Ada.Lovelace+news@example.org'],
    ["o'neill@example.co.uk", "o'neill@example.co.uk"],
    ['kasse@bücher.example', 'kasse@xn--bcher-kva.example'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
    ['用户@例子。广告', '用户@xn--fsqu00a.xn--4rr70v'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
    ['x@a-b.museum', 'x@a-b.museum'],
  ])('%s is stored as %s', (typed, stored) => {
    expect(parseEmailAddress(typed)).toBe(stored);
  });

  it.each([
    [''],
    ['ada'],
    ['@example.org'],
    ['ada@'],
    ['ada@localhost'],
    ['ada@example..org'],
    ['ada@.example.org'],
    ['ada@example.org.'],
    ['ada@-example.org'],
    ['.ada@example.org'],
    ['ada.@example.org'],
    ['a..da@example.org'],
    ['ada lovelace@example.org'],
    ['"ada"@example.org'],
    ['ada@[192.0.2.1]'],
    ['ada@192.0.2.1'],
    ['ada@example.org/path'],
    ['ada@example.org:25'],
    ['ada@exam%70le.org'],
    ['ada@example.org\r\nBcc: all@example.org'],
    ['ada\r\nBcc: all@example.org'],
    ['ada@example.org,bob@example.org'],
    ['ada@bob@example.org'],
    ['<ada@example.org>'],
    ['ada\u0000@example.org'],
    ['ada@example.org\u0000'],
    [`${'a'.repeat(65)}@example.org`],
    [`ada@${'a'.repeat(64)}.org`],
    [`ada@${'abcdefgh.'.repeat(30)}org`],
  ])('%j is none', (typed) => {
    expect(parseEmailAddress(typed)).toBeUndefined();
  });

  it('is read in a time that does not explode with hostile text', () => {
    const started = performance.now();
    for (const text of [
      `${'a.'.repeat(100_000)}@x`,
      `${'@'.repeat(200_000)}`,
      `a@${'-'.repeat(200_000)}`,
      'ü'.repeat(200_000),
    ]) {
      parseEmailAddress(text);
    }
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('is shown with its domain in its own script', () => {
    expect(displayEmailAddress('kasse@xn--bcher-kva.example')).toBe('kasse@bücher.example');
  });
});
