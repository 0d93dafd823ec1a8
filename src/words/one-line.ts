/** Somebody else's text inside a line of ours: no line breaks, and nothing that a terminal obeys or turns around. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}
