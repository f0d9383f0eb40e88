import { randomUUID } from 'node:crypto';
import type { Component, Logger } from '@postbook/service-kit';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { SigningKeyRepository, SigningKeyRow } from './signing-key-repository.ts';

/** How long a key signs, in milliseconds. */
const KEY_LIFETIME_MS = 30 * 24 * 60 * 60_000;
/** How long a key is published before it signs, in milliseconds: every verifier has fetched the set again by then. */
const PUBLISH_AHEAD_MS = 60 * 60_000;
/** How long a key stays published after its last token ended, in milliseconds. */
const PUBLISH_AFTER_MS = 60 * 60_000;
/** How often the stored keys are looked at, in milliseconds. */
const RELOAD_MS = 60_000;

const ALGORITHM = 'EdDSA';

/** The keys of access tokens. */
export interface SigningKeys extends Component {
  /** The key that signs now. */
  current(): { readonly kid: string; readonly privateKey: CryptoKey };
  /** The key set for verifiers: public parts of all keys whose tokens may be about. */
  jwks(): { readonly keys: readonly JWK[] };
}

interface LoadedKey {
  readonly kid: string;
  readonly signsFrom: number;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
}

async function load(row: SigningKeyRow, box: SecretBox): Promise<LoadedKey> {
  const privateJwk = JSON.parse(box.open(row.privateKeyEncrypted, row.kid).toString()) as JWK;
  const privateKey = await importJWK(privateJwk, ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error(`${row.kid} is no private key`);
  return { kid: row.kid, signsFrom: row.signsFrom.getTime(), publicJwk: row.publicJwk as JWK, privateKey };
}

async function generate(box: SecretBox, signsFrom: Date) {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' };
  const sealed = box.seal(JSON.stringify(await exportJWK(privateKey)), kid);
  return { kid, algorithm: ALGORITHM, publicJwk, privateKeyEncrypted: sealed, signsFrom } as const;
}

/**
 * Keys shared by all processes through the database, private parts sealed. The first process makes one; a key near its
 * end gets a successor that is published an hour before it signs, while the old one stays published until its last token
 * has ended. Start fails if SECRETS_KEY doesn't open them: new keys made silently would log everybody out.
 */
export function createSigningKeys(options: {
  repository: SigningKeyRepository;
  box: SecretBox;
  log: Logger;
  /** Milliseconds since 1970; for tests. */
  now?: () => number;
}): SigningKeys {
  const { repository, box, log } = options;
  const now = options.now ?? Date.now;
  let keys: readonly LoadedKey[] = [];
  let timer: NodeJS.Timeout | undefined;

  const ensureCurrent = () =>
    repository.exclusively(async (tx, rows, moment) => {
      const newest = rows[0];
      if (!newest) {
        await repository.add(tx, await generate(box, moment));
        log.info('the first signing key was made');
        return;
      }
      if (newest.signsFrom.getTime() + KEY_LIFETIME_MS - PUBLISH_AHEAD_MS > now()) return;
      const signsFrom = new Date(now() + PUBLISH_AHEAD_MS);
      await repository.retireNewest(tx, new Date(signsFrom.getTime() + PUBLISH_AFTER_MS));
      await repository.add(tx, await generate(box, signsFrom));
      log.info({ signsFrom }, 'a signing key was made to follow the current one');
    });

  async function reload() {
    await ensureCurrent();
    keys = await Promise.all((await repository.published()).map((row) => load(row, box)));
  }

  return {
    name: 'signing keys',
    current() {
      const key = keys.find(({ signsFrom }) => signsFrom <= now()) ?? keys.at(-1);
      if (!key) throw new Error('there is no signing key: were the keys started?');
      return key;
    },
    jwks: () => ({ keys: keys.map(({ publicJwk }) => publicJwk) }),
    async start() {
      await reload();
      timer = setInterval(() => {
        reload().catch((error: unknown) =>
          log.warn({ err: error }, 'signing keys could not be read; the known ones serve on'),
        );
      }, RELOAD_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
