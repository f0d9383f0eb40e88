import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Secrets of the local graph, made at its first start. A deployment gives its own through the environment. */
export interface LocalSecrets {
  /** Signs calls between gateway and subgraphs. */
  readonly internalIdentitySecret: string;
  /** Encrypts what auth may not store in the clear. */
  readonly secretsKey: string;
}

const make = (): LocalSecrets => ({
  internalIdentitySecret: randomBytes(32).toString('base64url'),
  secretsKey: randomBytes(32).toString('base64url'),
});

/** Reads the secrets of a data folder, or makes them. Only the owner can read the file. */
export function localSecrets(dataDir: string): LocalSecrets {
  const file = join(dataDir, 'secrets.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const secrets = make();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    return secrets;
  }
}
