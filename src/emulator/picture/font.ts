/**
 * Text as vector paths from a font that ships with an npm package, so that pictures look the same on a
 * machine without any fonts. Latin and Cyrillic; other scripts show as boxes.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import opentype from 'opentype.js';
import type { Font, PathCommand } from 'opentype.js';

export type Weight = 400 | 700;

const SUBSETS = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext'] as const;

const loaded = new Map<string, Font>();

function fontOf(subset: string, weight: Weight): Font {
  const name = `pt-sans-${subset}-${weight}-normal.woff`;
  const known = loaded.get(name);
  if (known) return known;
  const bytes = readFileSync(fileURLToPath(import.meta.resolve(`@fontsource/pt-sans/files/${name}`)));
  const font = opentype.parse(new Uint8Array(bytes).buffer);
  loaded.set(name, font);
  return font;
}

/** The font that has this character; the first one, with its box, where none has. */
function fontFor(character: string, weight: Weight): Font {
  for (const subset of SUBSETS) {
    const font = fontOf(subset, weight);
    if (font.charToGlyphIndex(character) > 0) return font;
  }
  return fontOf(SUBSETS[0], weight);
}

interface Run {
  readonly font: Font;
  text: string;
}

function runsOf(text: string, weight: Weight): Run[] {
  const runs: Run[] = [];
  for (const character of text) {
    const last = runs.at(-1);
    // Most text is one run: ask the current font before searching.
    if (last && last.font.charToGlyphIndex(character) > 0) {
      last.text += character;
      continue;
    }
    const font = fontFor(character, weight);
    if (last?.font === font) last.text += character;
    else runs.push({ font, text: character });
  }
  return runs;
}

export function textWidth(text: string, size: number, weight: Weight): number {
  return runsOf(text, weight).reduce((sum, { font, text: run }) => sum + font.getAdvanceWidth(run, size), 0);
}

/** SVG path data of one line; `x`, `y` is where its baseline starts. */
export function textPath(text: string, x: number, y: number, size: number, weight: Weight): string {
  let at = x;
  let data = '';
  for (const { font, text: run } of runsOf(text, weight)) {
    data += pathData(font.getPath(run, at, y, size).commands);
    at += font.getAdvanceWidth(run, size);
  }
  return data;
}

/** Not the library's own printer: it writes NaN for coordinates a hair beside a whole number. */
function pathData(commands: readonly PathCommand[]): string {
  let data = '';
  for (const { type, x1, y1, x2, y2, x, y } of commands) {
    const numbers = [x1, y1, x2, y2, x, y].filter((value) => value !== undefined);
    data += type + numbers.map((value) => value.toFixed(1)).join(' ');
  }
  return data;
}
