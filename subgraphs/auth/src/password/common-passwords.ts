import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The most used passwords of at least ten characters, lower case; taken from zxcvbn-ts (MIT), itself from leaks. */
const common = new Set(
  readFileSync(join(import.meta.dirname, 'common-passwords.txt'), 'utf8')
    .split('\n')
    .filter(Boolean),
);

/** Whether many people use the password, in any case, or one with something short put before or after it. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  const core = lower.replace(/^[^a-z]{1,4}/, '');
  return [lower, core, lower.slice(0, -1), lower.slice(0, -2), core.slice(0, -1)].some((text) => common.has(text));
}
