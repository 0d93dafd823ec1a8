/** What all turns and generations here ask for. */
export const MODEL = 'gemini-3-pro-image';
export const PROMPT = 'let it snow a little more, and keep everything else as it is';

/** Of one length, so that only what grows by itself grows. */
export function promptOf(n: number): string {
  return `${PROMPT} (${String(n).padStart(3, '0')})`;
}
