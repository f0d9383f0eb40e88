import { argon2id, hash, needsRehash, verify } from 'argon2';
import type { PasswordCost } from '../config.ts';
import { MAX_TYPED_LENGTH } from './password-policy.ts';

/** Makes and checks password hashes. Work is done on the thread pool: other requests go on meanwhile. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the hash. Without a hash a dummy is checked, so that an unknown account takes as long
   * as a wrong password.
   */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>;
  /** Whether the hash was made at another cost than today's. */
  isOutdated(passwordHash: string): boolean;
}

/**
 * One form for the same password typed on different keyboards and systems. What is longer than any password can be is
 * cut just above: it stays wrong, and megabytes of it cost nothing.
 */
const canonical = (password: string) => password.slice(0, MAX_TYPED_LENGTH + 1).normalize('NFKC');

/** argon2id at the given cost. */
export function createPasswordHasher(cost: PasswordCost): PasswordHasher {
  const options = { memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: cost.parallelism };
  const make = (password: string) => hash(canonical(password), { ...options, type: argon2id });
  let dummy: Promise<string> | undefined;
  return {
    hash: make,
    async verify(passwordHash, password) {
      dummy ??= make('a password that nobody has');
      const isRight = await verify(passwordHash ?? (await dummy), canonical(password));
      return isRight && passwordHash !== undefined;
    },
    isOutdated: (passwordHash) => needsRehash(passwordHash, options),
  };
}
