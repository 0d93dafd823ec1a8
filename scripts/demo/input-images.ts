/** Pictures to edit, drawn here so that the demo needs no files. */
import sharp from 'sharp';

/** Sides in pixels. What is above 2048 can be scaled down. */
const [SMALL, LARGE, HUGE] = [512, 2_080, 2_400];

const SAILING_BOAT = `<svg xmlns="http://www.w3.org/2000/svg" width="${SMALL}" height="${SMALL}">
  <rect width="512" height="512" fill="#bfe0ee"/><rect y="350" width="512" height="162" fill="#2f6f8f"/>
  <path d="M250 90 L250 330 L110 330 Z" fill="#fff8ec"/><path d="M268 130 L268 330 L390 330 Z" fill="#e9633f"/>
  <path d="M90 345 H420 L370 410 H140 Z" fill="#6b3f2a"/>
</svg>`;

const COLOURS = ['#22333b', '#5e503f', '#c6ac8f', '#eae0d5', '#d1495b', '#edae49'];
const PALETTE = `<svg xmlns="http://www.w3.org/2000/svg" width="${SMALL}" height="${SMALL}">${COLOURS.map(
  (colour, at) =>
    `<rect x="${(at * SMALL) / COLOURS.length}" width="90" height="${SMALL}" fill="${colour}"/>`,
).join('')}</svg>`;

export interface InputImages {
  readonly boat: Uint8Array;
  readonly palette: Uint8Array;
  /** Uncompressed, with more pixels than a model looks at. */
  readonly poster: Uint8Array;
  /** As base64 more than a request may hold, so it goes as a file. */
  readonly scan: Uint8Array;
}

export async function inputImages(): Promise<InputImages> {
  const uncompressed = (side: number) =>
    sharp(Buffer.from(SAILING_BOAT)).resize(side).flatten().png({ compressionLevel: 0 }).toBuffer();
  const [boat, palette, poster, scan] = await Promise.all([
    sharp(Buffer.from(SAILING_BOAT)).png().toBuffer(),
    sharp(Buffer.from(PALETTE)).png().toBuffer(),
    uncompressed(LARGE),
    uncompressed(HUGE),
  ]);
  return { boat, palette, poster, scan };
}
