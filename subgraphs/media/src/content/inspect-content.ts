import { fileTypeFromBuffer } from 'file-type';
import { type ContentKind, contentKindOf } from './content-kinds.ts';

/** How much of a file's beginning is looked at, in bytes: what `file-type` needs, and what browsers sniff. */
export const HEAD_BYTES = 4_100;
/** How much of its end. */
export const TAIL_BYTES = 66_000;

// What makes a browser or a viewer run something. A real picture, film or song has none of it in its first bytes; a
// file that also is a page was made to be one.
const MARKUP = /<(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|\?php)\b/i;

/** Signature of the last record of a zip archive, which readers look for from the end: a JAR behind a film. */
const ZIP_END = Buffer.from('PK\x05\x06', 'latin1');
const ZIP_END_BYTES = 22;

/** Whether the bytes hold markup or a script. */
export const hasMarkup = (head: Uint8Array): boolean => MARKUP.test(Buffer.from(head).toString('latin1'));

/** Whether the file ends as a zip archive does, comment included. */
export function endsAsArchive(tail: Uint8Array): boolean {
  const bytes = Buffer.from(tail);
  const at = bytes.lastIndexOf(ZIP_END);
  if (at === -1 || at + ZIP_END_BYTES > bytes.length) return false;
  return at + ZIP_END_BYTES + bytes.readUInt16LE(at + ZIP_END_BYTES - 2) === bytes.length;
}

/**
 * What a file is, by its first bytes and nothing else: neither its name nor what was declared. Undefined for whatever
 * isn't taken, for markup and scripts, and for what is two things at once.
 */
export async function inspectContent(head: Uint8Array): Promise<ContentKind | undefined> {
  const found = await fileTypeFromBuffer(head.subarray(0, HEAD_BYTES)).catch(() => undefined);
  const kind = found && contentKindOf(found.mime);
  return kind && !hasMarkup(head.subarray(0, HEAD_BYTES)) ? kind : undefined;
}
