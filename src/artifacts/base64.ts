/** Base64 without Node's leniency, which drops what it dislikes and calls the rest an image. */

/** Characters decoded at a time, so that 20 MB never lie around as text as well; a multiple of four. */
const PIECE = 1024 * 1024;
const EQUALS = 0x3d;

/** ASCII characters in either alphabet, padded or not; undefined for anything else, white space too. */
export function decodeBase64(text: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const characters = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  let end = characters.length;
  while (end > characters.length - 2 && characters[end - 1] === EQUALS) end -= 1;
  if (end % 4 === 1) return undefined;
  // Own memory, never a window into a shared pool: it can be moved, and dropped by itself.
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  const target = Buffer.from(bytes.buffer);
  let written = 0;
  for (let at = 0; at < end; at += PIECE) {
    const piece = characters.toString('latin1', at, Math.min(at + PIECE, end));
    const decoded = target.write(piece, written, 'base64');
    if (decoded !== Math.floor((piece.length * 3) / 4)) return undefined;
    written += decoded;
  }
  return bytes;
}

/** Whether encoding `bytes` gives this very text; `bytes` are what it decodes to. */
export function isCanonicalBase64(text: Uint8Array, bytes: Uint8Array): boolean {
  if (text.length !== Math.ceil(bytes.length / 3) * 4 || text.includes(0x2d) || text.includes(0x5f)) {
    return false;
  }
  const tail = bytes.length % 3 === 0 ? 3 : bytes.length % 3;
  const end = Buffer.from(bytes.subarray(-tail)).toString('base64');
  return Buffer.from(text.subarray(-4)).toString('latin1') === end;
}
