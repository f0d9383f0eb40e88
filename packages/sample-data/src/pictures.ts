import sharp from 'sharp';
import { createDice, type Dice } from './dice.ts';

const hsl = (hue: number, saturation: number, lightness: number) => `hsl(${hue % 360},${saturation}%,${lightness}%)`;

/** A ridge of hills from left to right, down to the bottom. */
function hills(width: number, height: number, top: number, dice: Dice): string {
  const points = Array.from({ length: 9 }, (_, step) => {
    const x = (step * width) / 8;
    return `${x.toFixed(0)},${(top + dice.between(-height / 14, height / 14)).toFixed(0)}`;
  });
  return `0,${height} ${points.join(' ')} ${width},${height}`;
}

function scene(seed: string, width: number, height: number): string {
  const dice = createDice(`scene ${seed}`);
  const hue = dice.between(0, 359);
  const sun = { x: dice.between(width * 0.15, width * 0.85), y: dice.between(height * 0.15, height * 0.4) };
  const ridges = [0.5, 0.62, 0.76, 0.88].map(
    (share, depth) =>
      `<polygon points="${hills(width, height, height * share, dice)}" fill="${hsl(hue + 150 + depth * 14, 32, 52 - depth * 11)}"/>`,
  );
  const birds = Array.from({ length: dice.between(0, 5) }, () => {
    const [x, y] = [dice.between(0, width), dice.between(0, height / 3)];
    return `<path d="M${x} ${y}q8 -8 16 0q8 -8 16 0" fill="none" stroke="${hsl(hue, 30, 25)}" stroke-width="3"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${hsl(hue, 60, 68)}"/><stop offset="1" stop-color="${hsl(hue + 40, 75, 86)}"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${sun.x}" cy="${sun.y}" r="${height / 11}" fill="${hsl(hue + 40, 95, 92)}"/>
    ${birds.join('')}${ridges.join('')}
  </svg>`;
}

function portrait(seed: string, size: number): string {
  const dice = createDice(`portrait ${seed}`);
  const hue = dice.between(0, 359);
  const hair = dice.between(0, 359);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">
    <rect width="100" height="100" fill="${hsl(hue, 55, 80)}"/>
    <ellipse cx="50" cy="104" rx="38" ry="34" fill="${hsl(hue + 180, 45, 45)}"/>
    <circle cx="50" cy="${dice.between(38, 44)}" r="27" fill="${hsl(hair, 35, 28)}"/>
    <circle cx="50" cy="46" r="22" fill="${hsl(28, dice.between(30, 60), dice.between(45, 82))}"/>
  </svg>`;
}

/** Draws a landscape as JPEG, 600 × 400. */
export const drawScene = (seed: string): Promise<Buffer> =>
  sharp(Buffer.from(scene(seed, 600, 400)))
    .jpeg({ quality: 80 })
    .toBuffer();

/** Draws a portrait as JPEG, 200 × 200. */
export const drawPortrait = (seed: string): Promise<Buffer> =>
  sharp(Buffer.from(portrait(seed, 200)))
    .jpeg({ quality: 80 })
    .toBuffer();
