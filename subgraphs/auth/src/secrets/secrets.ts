import { hkdfSync } from 'node:crypto';
import { createSecretBox, type SecretBox } from './secret-box.ts';

/** Everything secret that auth keeps outside its database. */
export interface Secrets {
  /** Seals mails that wait. */
  readonly mails: SecretBox;
  /** Seals private signing keys. */
  readonly signingKeys: SecretBox;
  /** Keys the HMAC of verification codes: a million codes are tried in a moment by who has the database alone. */
  readonly codePepper: Buffer;
  /** Keys the HMAC that makes a refresh token's successor. */
  readonly refreshChain: Buffer;
}

/** Derives one key per purpose, so that what one of them protects says nothing about another. */
export function deriveSecrets(secretsKey: string): Secrets {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secretsKey, 'postbook-auth', `postbook-auth/${purpose}`, 32));
  return {
    mails: createSecretBox(derive('mails')),
    signingKeys: createSecretBox(derive('signing-keys')),
    codePepper: derive('code-pepper'),
    refreshChain: derive('refresh-chain'),
  };
}
