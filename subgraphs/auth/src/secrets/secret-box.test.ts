import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSecretBox, UnsealError } from './secret-box.ts';
import { deriveSecrets } from './secrets.ts';

describe('a secret box', () => {
  const box = createSecretBox(randomBytes(32));

  it('opens what it sealed', () => {
    expect(box.open(box.seal('a secret', 'row 1'), 'row 1').toString()).toBe('a secret');
  });

  it('never seals the same text to the same bytes', () => {
    expect(box.seal('a', 'row')).not.toEqual(box.seal('a', 'row'));
  });

  it('refuses a text that was sealed for another row', () => {
    expect(() => box.open(box.seal('a secret', 'row 1'), 'row 2')).toThrow(UnsealError);
  });

  it('refuses a text of which one bit was changed, wherever it is', () => {
    const sealed = box.seal('a secret', 'row');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => box.open(changed, 'row')).toThrow(UnsealError);
    }
  });

  it('refuses what is too short to be sealed', () => {
    expect(() => box.open(Buffer.of(1, 2, 3), 'row')).toThrow(UnsealError);
  });

  it('can not be opened by a box for another purpose or with another key', () => {
    const secrets = deriveSecrets('k'.repeat(32));
    expect(() => secrets.signingKeys.open(secrets.mails.seal('a', 'row'), 'row')).toThrow(UnsealError);
    expect(() => deriveSecrets('l'.repeat(32)).mails.open(secrets.mails.seal('a', 'row'), 'row')).toThrow(UnsealError);
  });
});
