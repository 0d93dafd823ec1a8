/** What a person typed as the value of a request's field: JSON where it reads as such, else the text itself. */

/** Their values are text, whatever they look like: size 512, a prompt of digits. */
const TEXTS: ReadonlySet<string> = new Set(['prompt', 'model', 'size', 'aspectRatio', 'systemInstruction']);

export function fieldValue(field: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' || !TEXTS.has(field) ? value : text;
  } catch {
    return text;
  }
}
