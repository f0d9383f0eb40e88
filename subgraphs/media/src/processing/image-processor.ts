import sharp, { type Metadata, type Sharp } from 'sharp';
import { readExif } from './exif.ts';
import { type ContentFacts, type NewVariant, UnfitContentError } from './processed-content.ts';

/** Most pixels of a picture, all frames of an animation together: a few kilobytes can claim billions of them. */
export const MAX_PIXELS = 50_000_000;
/** Longest side that every format of the variants can hold. */
const MAX_SIDE = 16_383;
/** A picture that takes longer to decode and encode was made to, in seconds. */
const TIMEOUT_SECONDS = 20;

/** Sides of the variants in pixels: of a thumbnail both, of the others the longer one at most. */
export const VARIANT_SIDES = { thumbnail: 200, small: 640, large: 1_600 } as const;
const BLUR_SIDE = 16;
const WEBP_QUALITY = 82;

// One thread for each picture, and no memory of earlier ones: how much runs at a time is decided by the processor.
sharp.concurrency(1);
sharp.cache(false);

/** A picture fit to be served. */
export interface ProcessedImage {
  readonly variants: readonly (NewVariant & { readonly content: Buffer })[];
  readonly facts: ContentFacts;
}

const FORMATS = {
  jpeg: {
    mimeType: 'image/jpeg',
    extension: 'jpg',
    encode: (image: Sharp) => image.jpeg({ quality: 90, mozjpeg: true }),
  },
  png: { mimeType: 'image/png', extension: 'png', encode: (image: Sharp) => image.png() },
  gif: { mimeType: 'image/gif', extension: 'gif', encode: (image: Sharp) => image.gif() },
  webp: { mimeType: 'image/webp', extension: 'webp', encode: (image: Sharp) => image.webp({ quality: 90 }) },
  // AVIF is far too slow to write.
  heif: { mimeType: 'image/webp', extension: 'webp', encode: (image: Sharp) => image.webp({ quality: 90 }) },
} as const;

const formatOf = ({ format }: Metadata) => (format in FORMATS ? FORMATS[format as keyof typeof FORMATS] : undefined);

function checkSize({ width, height, pages = 1, pageHeight = height }: Metadata): void {
  const isTooLarge = width * pageHeight * pages > MAX_PIXELS || Math.max(width, pageHeight) > MAX_SIDE;
  if (isTooLarge) throw new UnfitContentError('TOO_MANY_PIXELS');
}

/** Decodes afresh; orientation applied. What `sharp` writes has no metadata unless it is told to keep some. */
const decode = (content: Buffer, animated: boolean): Sharp =>
  sharp(content, { animated, limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .autoOrient()
    .timeout({ seconds: TIMEOUT_SECONDS });

async function encodeVariants(content: Buffer, metadata: Metadata): Promise<ProcessedImage['variants']> {
  const original = formatOf(metadata);
  if (!original) throw new UnfitContentError('UNSUPPORTED_TYPE');
  const isAnimated = (metadata.pages ?? 1) > 1;
  const webp = { mimeType: 'image/webp', extension: 'webp' };
  const { thumbnail, small, large } = VARIANT_SIDES;
  const inside = (side: number, animated: boolean) =>
    decode(content, animated)
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: WEBP_QUALITY });
  const recipes = [
    [
      { name: 'original', mimeType: original.mimeType, extension: original.extension },
      original.encode(decode(content, isAnimated)),
    ],
    [{ name: 'large', ...webp }, inside(large, isAnimated)],
    [{ name: 'small', ...webp }, inside(small, false)],
    [
      { name: 'thumbnail', ...webp },
      decode(content, false).resize(thumbnail, thumbnail).webp({ quality: WEBP_QUALITY }),
    ],
  ] as const;
  const variants: (NewVariant & { content: Buffer })[] = [];
  // One after the other: side by side they would all be decoded in memory.
  for (const [variant, image] of recipes) {
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    variants.push({ ...variant, width: info.width, height: info.pageHeight ?? info.height, content: data });
  }
  return variants;
}

async function blurOf(content: Buffer): Promise<string> {
  const tiny = await decode(content, false)
    .resize({ width: BLUR_SIDE, height: BLUR_SIDE, fit: 'inside' })
    .webp({ quality: 30 })
    .toBuffer();
  return `data:image/webp;base64,${tiny.toString('base64')}`;
}

/**
 * Makes a picture fit to be served: everything that is served is written anew from its pixels, so whatever else was in
 * the file is gone. Metadata is read first.
 *
 * @throws UnfitContentError
 */
export async function processImage(content: Buffer): Promise<ProcessedImage> {
  try {
    const metadata = await sharp(content, { failOn: 'error' }).metadata();
    checkSize(metadata);
    const { width, height } = metadata.autoOrient;
    const exifData = await readExif(metadata.exif);
    const variants = await encodeVariants(content, metadata);
    return { variants, facts: { width, height, exifData, blurPlaceholder: await blurOf(content) } };
  } catch (cause) {
    if (cause instanceof UnfitContentError) throw cause;
    throw new UnfitContentError('CORRUPT', { cause });
  }
}
