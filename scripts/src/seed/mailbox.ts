import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

function newestMailTo(mailboxDir: string, address: string): string | undefined {
  let files: string[];
  try {
    files = readdirSync(mailboxDir)
      .filter((file) => file.endsWith('.eml'))
      .sort();
  } catch {
    // The folder appears with the first mail.
    return undefined;
  }
  return files
    .map((file) => readFileSync(join(mailboxDir, file), 'utf8'))
    .filter((mail) => new RegExp(`^to:.*${address.replaceAll('.', '\\.')}`, 'im').test(mail))
    .at(-1);
}

/** The six digits in a mail's body. */
const codeIn = (mail: string) => /\b(\d{6})\b/.exec(mail.slice(mail.search(/\r?\n\r?\n/)))?.[1];

/** Waits for the code that was mailed to an address. @throws Error when none arrives. */
export async function readMailedCode(mailboxDir: string, address: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const code = codeIn(newestMailTo(mailboxDir, address) ?? '');
    if (code) return code;
    await pause(50);
  }
  throw new Error(`No mail with a code for ${address} arrived in ${mailboxDir}.`);
}
