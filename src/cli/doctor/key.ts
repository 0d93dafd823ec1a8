/**
 * The key, by a plain text call: it separates trouble with access from trouble with images, and costs
 * next to nothing.
 */
import type { Finding } from './check.ts';
import type { CallRecord, Route } from './verdict.ts';
import { troubleOf, verdictOf } from './verdict.ts';

const QUESTION = 'Answer with the one word: ok';
/** Room for a model that thinks before it answers. */
const MAX_OUTPUT_TOKENS = 512;

export interface KeyFinding {
  readonly finding: Finding;
  /** For the clock: its headers tell the time at the provider. */
  readonly record: CallRecord;
}

export async function lookAtKey(
  { gemini }: Route,
  model: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<KeyFinding> {
  const record = await gemini.generateText(
    { model, system: '', text: QUESTION, maxOutputTokens: MAX_OUTPUT_TOKENS, json: false },
    { timeoutMs, signal, attemptId: 'doctor/1' },
  );
  const { baseUrl, credential } = gemini.account;
  const what = `a text call of ${model} at ${baseUrl}`;
  const verdict = verdictOf(record, { model });
  const facts = { baseUrl, credential, model, tookMs: record.tookMs };
  // To the classifier an answer of words is an image call without an image; here it is what was asked.
  const isAnswer = verdict.branch === 'success' || verdict.branch === 'no-image';
  const trouble = troubleOf(what, verdict);
  return {
    record,
    finding: isAnswer
      ? { status: 'ok', seen: `${what} was answered in ${record.tookMs} ms`, facts }
      : { ...trouble, facts: { ...facts, ...trouble.facts } },
  };
}
