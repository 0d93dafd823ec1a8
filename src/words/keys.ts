/** Keys that somebody typed where none belongs: what is shown to people never repeats them (I7). */
export const KEY_MARK = '[redacted]';

/** API keys and authorization keys as Google issues them. */
const GOOGLE_KEYS = /\bAIza[\w-]{20,}|\bAQ\.[\w-]{20,}/g;

export function withoutKeys(text: string): string {
  return text.replace(GOOGLE_KEYS, KEY_MARK);
}
