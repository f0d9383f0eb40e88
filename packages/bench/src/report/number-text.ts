const KIB = 1024;

/** Milliseconds with three digits that mean something: `0.042 ms`, `1.25 ms`, `31.0 ms`, `1240 ms`. */
export function msText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '–';
  if (milliseconds >= 100) return `${milliseconds.toFixed(0)} ms`;
  return `${milliseconds.toFixed(milliseconds >= 10 ? 1 : milliseconds >= 1 ? 2 : 3)} ms`;
}

/** Microseconds, for what takes less than a few milliseconds. */
export const usText = (milliseconds: number): string =>
  Number.isFinite(milliseconds) ? `${(milliseconds * 1000).toFixed(milliseconds < 0.1 ? 1 : 0)} µs` : '–';

/** Bytes in the unit that leaves one to four digits. */
export function byteText(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  const size = Math.abs(bytes);
  if (size < KIB ** 2) return `${(bytes / KIB).toFixed(size < 100 * KIB ? 1 : 0)} KiB`;
  return `${(bytes / KIB ** 2).toFixed(size < 10 * KIB ** 2 ? 1 : 0)} MiB`;
}

/** How many times. */
export const ratioText = (ratio: number): string =>
  Number.isFinite(ratio) ? `${ratio.toFixed(ratio >= 10 ? 1 : 2)}×` : '–';

/** A share as whole per cents. */
export const percentText = (share: number): string => (Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : '–');

/** A whole number with its thousands apart. */
export const countText = (count: number): string =>
  Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : '–';
