/** Two pictures to edit, drawn here so that the demo needs no files. */
import sharp from 'sharp';

const SIDE = 512;

const SAILING_BOAT = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
  <rect width="512" height="512" fill="#bfe0ee"/><rect y="350" width="512" height="162" fill="#2f6f8f"/>
  <path d="M250 90 L250 330 L110 330 Z" fill="#fff8ec"/><path d="M268 130 L268 330 L390 330 Z" fill="#e9633f"/>
  <path d="M90 345 H420 L370 410 H140 Z" fill="#6b3f2a"/>
</svg>`;

const COLOURS = ['#22333b', '#5e503f', '#c6ac8f', '#eae0d5', '#d1495b', '#edae49'];
const PALETTE = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">${COLOURS.map(
  (colour, at) => `<rect x="${(at * SIDE) / COLOURS.length}" width="90" height="${SIDE}" fill="${colour}"/>`,
).join('')}</svg>`;

export async function inputImages(): Promise<readonly [Uint8Array, Uint8Array]> {
  const [first, second] = await Promise.all(
    [SAILING_BOAT, PALETTE].map((svg) => sharp(Buffer.from(svg)).png().toBuffer()),
  );
  return [first as Buffer, second as Buffer];
}
