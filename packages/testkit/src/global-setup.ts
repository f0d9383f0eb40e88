import { basename } from 'node:path';
import { startTestStores } from '@postbook/db/embedded';

/** vitest's global setup: one set of stores a run. `npm test` starts them and hands the URLs down to every package. */
export default function setup(): Promise<(() => Promise<void>) | undefined> {
  return startTestStores(basename(process.cwd()), process.env);
}
