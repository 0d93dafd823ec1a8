/**
 * Which raster image bytes are, by their first ones. What is none of these is not served as an image: SVG and
 * HTML could carry a script, everything else has no business in an `<img>`.
 */
export interface ImageKind {
  readonly mime: string;
  readonly extension: string;
}

const KINDS: readonly (readonly [magic: RegExp, mime: string, extension: string])[] = [
  [/^\x89PNG\r\n/, 'image/png', 'png'],
  [/^\xff\xd8\xff/, 'image/jpeg', 'jpg'],
  [/^GIF8[79]a/, 'image/gif', 'gif'],
  [/^RIFF[\s\S]{4}WEBP/, 'image/webp', 'webp'],
  [/^[\s\S]{4}ftyp(?:avif|avis)/, 'image/avif', 'avif'],
];

/** Enough to recognise any of them. */
export const HEAD_BYTES = 32;

export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const found = KINDS.find(([magic]) => magic.test(head));
  return found === undefined ? undefined : { mime: found[1], extension: found[2] };
}
