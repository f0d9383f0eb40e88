import { join } from 'node:path';

/** The checkout's root. */
export const root: string = join(import.meta.dirname, '..', '..');

/** Where data, secrets and mails of the local graph live unless `POSTBOOK_DATA_DIR` says otherwise; git ignores it. */
export const defaultDataDir: string = join(root, '.data');
