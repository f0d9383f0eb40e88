import type { ExifData, VariantName } from '@postbook/db/media';

/** A blob to be served. */
export interface NewVariant {
  readonly name: VariantName;
  readonly mimeType: string;
  readonly extension: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** What was found out about content while it was made fit to be served. */
export interface ContentFacts {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Seconds. */
  readonly duration?: number | undefined;
  readonly bitrate?: number | undefined;
  readonly codec?: string | undefined;
  readonly blurPlaceholder?: string | undefined;
  readonly exifData?: ExifData | undefined;
}

/** Why content can't be served; a code for programs. */
export type ContentProblem = 'UNSUPPORTED_TYPE' | 'CORRUPT' | 'TOO_MANY_PIXELS' | 'TOO_LONG' | 'TOO_LARGE';

/** The content itself is the reason: trying again changes nothing. */
export class UnfitContentError extends Error {
  override readonly name = 'UnfitContentError';
  readonly problem: ContentProblem;

  constructor(problem: ContentProblem, options: { cause?: unknown } = {}) {
    super(`the content is unfit: ${problem}`, options);
    this.problem = problem;
  }
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** Proportions in small whole numbers, `16:9`; odd ones rounded, `1.37:1`. */
export function aspectRatioOf(width: number, height: number): string {
  const divisor = greatestCommonDivisor(width, height);
  const [w, h] = [width / divisor, height / divisor];
  if (Math.max(w, h) <= 32) return `${w}:${h}`;
  const round = (ratio: number) => Math.round(ratio * 100) / 100;
  return width >= height ? `${round(width / height)}:1` : `1:${round(height / width)}`;
}
