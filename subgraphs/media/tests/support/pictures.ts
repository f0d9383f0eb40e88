import sharp from 'sharp';

/** Where the pictures of tests say they were taken: nothing that is served may have a trace of it. */
export const GPS_TRACE = 'GPSLatitude';

/** EXIF as a phone writes it. */
const exif = {
  IFD0: { Make: 'Nikon', Model: 'D90', Software: 'secret-serial-4711', Copyright: 'Ada Lovelace' },
  IFD2: { FNumber: '18/10', ExposureTime: '1/250', ISOSpeedRatings: '200', DateTimeOriginal: '2026:05:01 12:30:00' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 12/1 30/1', GPSLongitudeRef: 'E', GPSLongitude: '16/1 22/1 0/1' },
};

/** A picture with something on it. */
export const picture = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
      background: { r: 200, g: 80, b: 40 },
    },
  });

/** A JPEG as a camera gives it: lying on its side, with metadata. */
export const photo = (width = 1_200, height = 800): Promise<Buffer> =>
  picture(width, height).jpeg({ quality: 80 }).withExif(exif).withMetadata({ orientation: 6 }).toBuffer();

/** A JPEG without metadata. */
export const plain = (width = 300, height = 200): Promise<Buffer> => picture(width, height).jpeg().toBuffer();

/** A PNG. */
export const png = (width = 300, height = 200): Promise<Buffer> => picture(width, height).png().toBuffer();

/** A GIF that moves. */
export async function animation(): Promise<Buffer> {
  const frames = await Promise.all([picture(60, 40), picture(60, 40)].map((frame) => frame.png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}
