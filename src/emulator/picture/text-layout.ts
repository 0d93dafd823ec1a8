/** Fits a prompt into a box: the largest size at which its wrapped lines fit, else cut with an ellipsis. */
import { textWidth } from './font.ts';
import type { Weight } from './font.ts';

export interface Layout {
  readonly lines: readonly string[];
  readonly size: number;
  readonly lineHeight: number;
}

export interface TextBox {
  readonly width: number;
  readonly height: number;
  readonly largest: number;
  readonly smallest: number;
  readonly weight: Weight;
}

const LEADING = 1.22;
/** Beyond this no size fits anyway; measuring a book would only cost time. */
const LONGEST = 2000;

export function layOut(text: string, box: TextBox): Layout {
  const words = text.slice(0, LONGEST).split(/\s+/).filter(Boolean);
  for (let size = box.largest; ; size *= 0.9) {
    const last = size <= box.smallest;
    const used = last ? box.smallest : size;
    const lines = wrap(words, used, box);
    const room = Math.max(1, Math.floor(box.height / (used * LEADING)));
    if (lines.length <= room) return { lines, size: used, lineHeight: used * LEADING };
    if (last) {
      const kept = lines.slice(0, room);
      kept[room - 1] = withEllipsis(kept[room - 1] ?? '', used, box);
      return { lines: kept, size: used, lineHeight: used * LEADING };
    }
  }
}

function wrap(words: readonly string[], size: number, box: TextBox): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.flatMap((one) => breakLong(one, size, box))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size, box.weight) > box.width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** A word wider than the box is broken where it must be. */
function breakLong(word: string, size: number, box: TextBox): string[] {
  if (textWidth(word, size, box.weight) <= box.width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && textWidth(piece + character, size, box.weight) > box.width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

function withEllipsis(line: string, size: number, box: TextBox): string {
  let cut = line;
  while (cut !== '' && textWidth(`${cut}…`, size, box.weight) > box.width) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}
