/** What a call of the port came to, in the classifier's words; secrets are redacted by the port (I7). */
import type { Verdict } from '../../domain/classification.ts';
import { classify } from '../../domain/classify/index.ts';
import type { Outcome } from '../../domain/evidence.ts';
import type { ResolvedOptions } from '../../plugin/options.ts';
import type { Finding } from './check.ts';

/** A way to Gemini, as a worker with the same settings has it. */
export type Route = ResolvedOptions['routes'][number];
export type CallRecord = Awaited<ReturnType<Route['gemini']['generateText']>>;

export function verdictOf({ outcome }: CallRecord, asked: { readonly model?: string }): Verdict {
  return classify({ outcome: outcomeOf(outcome), ...asked });
}

/** The answer parsed, else the text that came. */
export function bodyOf(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** @param what `a text call of gemini-flash-latest` */
export function troubleOf(what: string, verdict: Verdict): Finding {
  if (verdict.branch === 'success') return { status: 'ok', seen: `${what} succeeded` };
  const { branch, reason, message, owner, userAction } = verdict;
  return {
    status: 'failed',
    seen: `${what}: ${branch}/${reason}: ${message.replace(/\s+/g, ' ')}`,
    cure: `${owner}: ${userAction}`,
    facts: { branch, reason, owner },
  };
}

function outcomeOf(outcome: CallRecord['outcome']): Outcome {
  if (outcome.kind === 'broken') return outcome;
  const { status, headers, body } = outcome;
  return { kind: 'answer', status, headers, body: bodyOf(body) };
}
