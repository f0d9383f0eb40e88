import { join } from 'node:path';

/** This package's folder. */
export const packageRoot: string = join(import.meta.dirname, '..', '..');

/** The checkout's root. */
export const repositoryRoot: string = join(packageRoot, '..', '..');
