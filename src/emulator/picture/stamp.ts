/**
 * A stamp in the file's metadata that names the call: two calls for the same prompt give different
 * bytes, as a real model does, without drawing the picture again; and any stored image can be traced to
 * the call that was paid for it.
 */
import { crc32 } from 'node:zlib';

const JPEG_COMMENT = 0xfffe;
const PNG_HEADER_END = 33;
const PNG_KEYWORD = 'Comment';

/** Puts `text` into a JPEG comment or a PNG text chunk; the pixels stay as they are. */
export function stamp(bytes: Buffer, mime: string, text: string): Buffer {
  return mime === 'image/png' ? stampPng(bytes, text) : stampJpeg(bytes, text);
}

function stampJpeg(bytes: Buffer, text: string): Buffer {
  const words = Buffer.from(text, 'latin1');
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(JPEG_COMMENT, 0);
  segment.writeUInt16BE(words.length + 2, 2);
  return Buffer.concat([bytes.subarray(0, 2), segment, words, bytes.subarray(2)]);
}

function stampPng(bytes: Buffer, text: string): Buffer {
  const body = Buffer.from(`tEXt${PNG_KEYWORD}\0${text}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([bytes.subarray(0, PNG_HEADER_END), chunk, bytes.subarray(PNG_HEADER_END)]);
}
