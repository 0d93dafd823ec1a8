/**
 * What a text model was ordered to do. The order is a line `TASK: rewrite` or `TASK: simplify`, in the
 * system instruction or in the user's words; the prompt it is about stands between the lines `<<<PROMPT`
 * and `PROMPT>>>`. Without an order the user's words are the prompt.
 */
import { promptOf } from '../request/read.ts';
import type { GenerateRequest, RequestPart } from '../request/read.ts';

export type Task = 'rewrite' | 'simplify' | 'none';

export interface TextJob {
  readonly task: Task;
  readonly prompt: string;
  /** The answer is to be JSON whatever the task. */
  readonly json: boolean;
}

const ORDER = /^[ \t]*TASK:[ \t]*(rewrite|simplify)\b/im;
const PROMPT = /^[ \t]*<<<PROMPT[ \t]*\r?\n([\s\S]*?)\r?\n?^[ \t]*PROMPT>>>[ \t]*$/m;

export function jobOf(request: GenerateRequest): TextJob {
  const said = promptOf(request);
  // What the user says between the marks is material: an order in there is none.
  const orders = [instructionOf(request), said.replace(PROMPT, '')].join('\n');
  const task = (ORDER.exec(orders)?.[1]?.toLowerCase() ?? 'none') as Task;
  const [, marked] = PROMPT.exec(said) ?? PROMPT.exec(instructionOf(request)) ?? [];
  return {
    task,
    prompt: marked ?? said,
    json: request.generationConfig.responseMimeType === 'application/json',
  };
}

/** JSON as the model writes it. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function instructionOf({ systemInstruction }: GenerateRequest): string {
  const parts: readonly RequestPart[] = Array.isArray(systemInstruction?.parts)
    ? systemInstruction.parts
    : [];
  return parts.flatMap((part) => (typeof part.text === 'string' ? [part.text] : [])).join('\n');
}
