/** Base64 without Node's leniency, which drops what it dislikes and calls the rest an image. */

/** Either alphabet, padded or not; undefined for anything else. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const significant = text.replace(/={1,2}$/, '').length;
  const bytes = Buffer.from(text, 'base64');
  if (significant % 4 === 1 || bytes.length !== Math.floor((significant * 3) / 4)) return undefined;
  // Small buffers are windows into a shared pool, and a window can be neither moved nor dropped alone.
  return bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
}

/** Whether encoding `bytes` gives this very text; looks at the ends and the alphabet only. */
export function isCanonicalBase64(text: string, bytes: Uint8Array): boolean {
  if (text.length !== Math.ceil(bytes.length / 3) * 4 || /[-_]/.test(text)) return false;
  const tail = bytes.length % 3 === 0 ? 3 : bytes.length % 3;
  return Buffer.from(bytes.subarray(-tail)).toString('base64') === text.slice(-4);
}
