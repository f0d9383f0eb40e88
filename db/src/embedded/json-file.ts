import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Reads a JSON file written by `writeJsonFile`; undefined when it is missing or damaged. */
export function readJsonFile<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Replaces a JSON file at once, so that a reader, or a crash, never sees half of it. Synchronous on purpose: a pid
 * must be on disk before anything else can happen to the launcher. */
export function writeJsonFile(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, file);
}
