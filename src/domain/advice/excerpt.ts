/**
 * The few letters of a prompt that advice repeats: enough to find the place, too few to publish the
 * prompt in a log. Always one line and well-formed, whatever the prompt holds.
 */
import type { Found } from './pattern.ts';

/** Characters of the prompt in one piece of advice. */
export const MAX_EXCERPT = 40;
/** UTF-16 units looked at; a character takes two at most, and blanks are folded. */
const WINDOW = 4 * MAX_EXCERPT;

export function excerpt(text: string): string {
  const line = text
    .slice(0, WINDOW)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/[“”„«»]/gu, '"')
    .trim();
  const letters = Array.from(line);
  if (letters.length <= MAX_EXCERPT) return line;
  return `${letters
    .slice(0, MAX_EXCERPT - 1)
    .join('')
    .trimEnd()}…`;
}

/** From what was found to the end of its clause. */
export function excerptFrom(prompt: string, { index, text }: Found): string {
  const end = index + text.length;
  const rest = /^[^.,;:!?()\n。，、；：！？]{0,60}/u.exec(prompt.slice(end, end + WINDOW))?.[0] ?? '';
  return excerpt(text + rest);
}
