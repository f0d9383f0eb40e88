import type { ByteRange } from '../storage/storage.ts';

/** What a `Range` header asks for: `All` when there is none or it is one that may be passed over. */
export type RequestedRange =
  | { readonly kind: 'All' }
  | { readonly kind: 'Part'; readonly range: ByteRange }
  | { readonly kind: 'Unsatisfiable' };

/** Reads a `Range` header (RFC 9110, 14.1.2) for a blob of this size. Several ranges at once are answered with all. */
export function parseRange(header: string | undefined, sizeBytes: number): RequestedRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (!match || (from === '' && to === '')) return { kind: 'All' };
  const last = sizeBytes - 1;
  if (from === '') {
    const start = Math.max(0, sizeBytes - Number(to));
    return Number(to) === 0 ? { kind: 'Unsatisfiable' } : { kind: 'Part', range: { start, end: last } };
  }
  const start = Number(from);
  const end = to === '' ? last : Math.min(Number(to), last);
  if (to !== '' && Number(to) < start) return { kind: 'All' };
  return start > last ? { kind: 'Unsatisfiable' } : { kind: 'Part', range: { start, end } };
}
