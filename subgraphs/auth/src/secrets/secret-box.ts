import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Encrypts what must rest in the database unreadable to who has only the database. */
export interface SecretBox {
  /**
   * @param context says what the secret belongs to, such as the id of its row: a text sealed for one row can't be put
   *   into another.
   */
  seal(plain: Uint8Array | string, context: string): Buffer;
  /** @throws UnsealError for another key, another context, or a changed text. */
  open(sealed: Uint8Array, context: string): Buffer;
}

/** A sealed text can't be opened: most likely SECRETS_KEY is not the one it was sealed with. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

const CIPHER = 'aes-256-gcm';
/** First byte of what is sealed, so that a later format can be told apart. */
const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A box over AES-256-GCM. @param key 32 bytes, used for nothing else. */
export function createSecretBox(key: Uint8Array): SecretBox {
  return {
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      const headerBytes = 1 + IV_BYTES + TAG_BYTES;
      if (bytes.length < headerBytes || bytes[0] !== FORMAT) throw new UnsealError('not a sealed text of this build');
      const iv = bytes.subarray(1, 1 + IV_BYTES);
      const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(1 + IV_BYTES, headerBytes));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(headerBytes)), decipher.final()]);
      } catch (cause) {
        throw new UnsealError('can not be opened: is SECRETS_KEY the one it was sealed with?', { cause });
      }
    },
  };
}
