/**
 * The seeded background of a picture: one of five compositions in a palette of its own. Units: the
 * short side of the picture is 1000.
 */
import { randomStream } from '../random.ts';

export interface Canvas {
  readonly width: number;
  readonly height: number;
}

interface Palette {
  readonly sky: readonly [string, string, string];
  readonly accent: string;
  readonly tone: (lightness: number, alpha?: number) => string;
}

type Random = () => number;
type Scene = (canvas: Canvas, palette: Palette, random: Random) => string;

/** SVG markup that fills the canvas, in colour or in greys. */
export function drawScene(canvas: Canvas, seed: string, grey: boolean): string {
  const random = randomStream('scene', seed);
  const palette = paletteFrom(random, grey);
  const scene = SCENES[Math.floor(random() * SCENES.length)] ?? dunes;
  const tilt = Math.round(random() * 60 + 15);
  return (
    `<defs><linearGradient id="sky" gradientTransform="rotate(${tilt} .5 .5)">` +
    palette.sky.map((colour, at) => `<stop offset="${at / 2}" stop-color="${colour}"/>`).join('') +
    `</linearGradient></defs><rect width="${canvas.width}" height="${canvas.height}" fill="url(#sky)"/>` +
    scene(canvas, palette, random)
  );
}

function paletteFrom(random: Random, grey: boolean): Palette {
  const hue = random() * 360;
  const step = 35 + random() * 50;
  const hsl = (h: number, s: number, l: number, a = 1): string =>
    `hsla(${Math.round((h + 360) % 360)},${grey ? 0 : s}%,${Math.round(l)}%,${a})`;
  return {
    sky: [hsl(hue, 72, 70), hsl(hue + step, 66, 52), hsl(hue + 2 * step, 62, 30)],
    accent: hsl(hue + 180, 85, 68),
    tone: (lightness, alpha = 1) => hsl(hue + 1.6 * step, 52, lightness, alpha),
  };
}

const num = (value: number): string => value.toFixed(1);

/** Layered hills under a sun. */
const dunes: Scene = ({ width, height }, palette, random) => {
  const sun = `<circle cx="${num(width * (0.2 + 0.6 * random()))}" cy="${num(height * (0.2 + 0.2 * random()))}" r="${num(90 + 90 * random())}" fill="${palette.accent}"/>`;
  let hills = '';
  for (let layer = 0; layer < 5; layer += 1) {
    const base = height * (0.42 + 0.13 * layer);
    const swing = height * 0.09;
    const waves = 1.5 + 2 * random();
    const phase = random() * 6.28;
    let path = `M0 ${height}`;
    for (let step = 0; step <= 24; step += 1) {
      const x = (width * step) / 24;
      const y = base + swing * Math.sin(phase + (waves * step) / 3.8);
      path += `L${num(x)} ${num(y)}`;
    }
    hills += `<path d="${path}L${width} ${height}Z" fill="${palette.tone(48 - 8 * layer, 0.85)}"/>`;
  }
  return sun + hills;
};

/** Soft lights at different depths. */
const lights: Scene = ({ width, height }, palette, random) => {
  let circles = '';
  for (let count = 0; count < 46; count += 1) {
    const fill = random() < 0.3 ? palette.accent : palette.tone(80);
    circles += `<circle cx="${num(random() * width)}" cy="${num(random() * height)}" r="${num(20 + 190 * random() ** 2)}" fill="${fill}" fill-opacity="${num(0.08 + 0.22 * random())}"/>`;
  }
  return circles;
};

/** Beams from one corner. */
const beams: Scene = ({ width, height }, palette, random) => {
  const cx = width * (random() < 0.5 ? 0.12 : 0.88);
  const cy = height * 0.2;
  const reach = Math.hypot(width, height);
  let rays = '';
  for (let count = 0; count < 18; count += 1) {
    const angle = (count / 18) * 6.283 + random() * 0.1;
    const spread = 0.06 + 0.1 * random();
    const point = (at: number): string =>
      `${num(cx + reach * Math.cos(at))} ${num(cy + reach * Math.sin(at))}`;
    rays += `<path d="M${num(cx)} ${num(cy)}L${point(angle)}L${point(angle + spread)}Z" fill="${count % 3 === 0 ? palette.accent : palette.tone(78)}" fill-opacity="0.16"/>`;
  }
  return `${rays}<circle cx="${num(cx)}" cy="${num(cy)}" r="110" fill="${palette.accent}"/>`;
};

/** A mosaic of triangles. */
const mosaic: Scene = ({ width, height }, palette, random) => {
  const side = 170;
  let tiles = '';
  for (let y = 0; y < height; y += side) {
    for (let x = 0; x < width; x += side) {
      const corners = [
        [x, y],
        [x + side, y],
        [x + side, y + side],
        [x, y + side],
      ].map(([px = 0, py = 0]) => `${px} ${py}`);
      const skip = Math.floor(random() * 4);
      const kept = corners.filter((_, at) => at !== skip);
      tiles += `<path d="M${kept.join('L')}Z" fill="${random() < 0.08 ? palette.accent : palette.tone(25 + 55 * random())}" fill-opacity="0.55"/>`;
    }
  }
  return tiles;
};

/** Rings like ripples on water. */
const ripples: Scene = ({ width, height }, palette, random) => {
  let rings = '';
  for (let centre = 0; centre < 3; centre += 1) {
    const cx = width * random();
    const cy = height * random();
    for (let ring = 1; ring < 12; ring += 1) {
      rings += `<circle cx="${num(cx)}" cy="${num(cy)}" r="${ring * 62}" fill="none" stroke="${ring % 4 === 0 ? palette.accent : palette.tone(82)}" stroke-width="${num(5 + 13 * random())}" stroke-opacity="${num(0.5 - ring * 0.035)}"/>`;
    }
  }
  return rings;
};

const SCENES: readonly Scene[] = [dunes, lights, beams, mosaic, ripples];
