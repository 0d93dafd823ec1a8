/** The JSON object in a text model's answer, or why there is none. */
export type Answer = { readonly json: Readonly<Record<string, unknown>> } | { readonly why: string };

const REFUSED = 'the text model refused';

export function readAnswer(answer: string): Answer {
  const text = unfenced(answer.trim());
  if (text === '') return { why: 'the answer is empty' };
  const json = parsed(text);
  if (json === undefined) {
    return { why: looksLikeRefusal(text) ? REFUSED : 'the answer is no JSON object' };
  }
  return json['refused'] === true ? { why: REFUSED } : { json };
}

/** Some models wrap JSON into a Markdown fence, whatever they are told. */
function unfenced(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```')) return text;
  const from = text.indexOf('\n');
  return from < 0 ? text : text.slice(from + 1, -3).trim();
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function looksLikeRefusal(text: string): boolean {
  return /\b(can't|cannot|can not|unable to|won't|not able to|sorry)\b/i.test(
    text.slice(0, 300).replaceAll('’', "'"),
  );
}
