import type { ExifData } from '@postbook/db/media';
import exifr from 'exifr';

/** The tags that are read. Position, serial numbers, names of people and notes are not among them. */
const TAGS = [
  'Make',
  'Model',
  'LensModel',
  'ISO',
  'FNumber',
  'ExposureTime',
  'FocalLength',
  'Flash',
  'DateTimeOriginal',
] as const;

type Tags = Partial<Record<(typeof TAGS)[number], unknown>>;

/** `sharp` gives the block as JPEG wraps it. */
const PREFIX = Buffer.from('Exif\0\0', 'latin1');

const wordsOf = (value: unknown, maximum: number): string | undefined => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: cameras fill their fields up with them
  const text = typeof value === 'string' ? value.replaceAll(/[\x00-\x1f\x7f]/g, '').trim() : '';
  return text === '' ? undefined : [...text].slice(0, maximum).join('');
};
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1e7 ? value : undefined;
const tidy = (value: number): number => Math.round(value * 100) / 100;

/** 1/250 s, or 2.5 s. */
const shutterSpeed = (seconds: number): string =>
  seconds < 0.3 ? `1/${Math.round(1 / seconds)} s` : `${tidy(seconds)} s`;

/** Cameras don't write where on Earth their clock is, so that it is taken for UTC. */
function momentOf(value: unknown): Date | undefined {
  const match = typeof value === 'string' && /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(value);
  const moment = match ? new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}Z`) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

const cameraOf = ({ Make, Model }: Tags): string | undefined => {
  const [make, model] = [wordsOf(Make, 100), wordsOf(Model, 100)];
  // Most makers write their name into the model's.
  return make && model && !model.toLowerCase().startsWith(make.toLowerCase()) ? `${make} ${model}` : (model ?? make);
};

function toExifData(tags: Tags): ExifData {
  const [iso, aperture, exposure, focal] = [tags.ISO, tags.FNumber, tags.ExposureTime, tags.FocalLength].map(numberOf);
  const data = {
    camera: cameraOf(tags),
    lens: wordsOf(tags.LensModel, 200),
    iso,
    aperture: aperture === undefined ? undefined : `f/${tidy(aperture)}`,
    shutterSpeed: exposure === undefined ? undefined : shutterSpeed(exposure),
    focalLength: focal === undefined ? undefined : `${tidy(focal)} mm`,
    flash: typeof tags.Flash === 'number' ? (tags.Flash & 1) === 1 : undefined,
    capturedAt: momentOf(tags.DateTimeOriginal),
  };
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

/**
 * What the camera wrote, without where the picture was taken: that block is not even parsed. Undefined when there is
 * nothing or it can't be read, which is no reason to refuse the picture.
 *
 * @param block the EXIF block as it is in the file.
 */
export async function readExif(block: Buffer | undefined): Promise<ExifData | undefined> {
  if (!block) return undefined;
  const tiff = block.subarray(0, PREFIX.length).equals(PREFIX) ? block.subarray(PREFIX.length) : block;
  try {
    const tags = (await exifr.parse(tiff, {
      pick: [...TAGS],
      gps: false,
      interop: false,
      ifd1: false,
      translateValues: false,
      reviveValues: false,
      makerNote: false,
      userComment: false,
    })) as Tags | undefined;
    const data = tags ? toExifData(tags) : {};
    return Object.keys(data).length > 0 ? data : undefined;
  } catch {
    return undefined;
  }
}
