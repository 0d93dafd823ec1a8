/**
 * What came of an upload that failed, as an attempt like any other (I3): the provider's answer classified,
 * or the state of a file that it took. Never billed.
 */
import type { UploadInput } from '../src/contract/generation.ts';
import type { FailedAttempt } from '../src/domain/attempt.ts';
import { classify } from '../src/domain/classify/index.ts';
import { finding } from '../src/domain/finding.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import type { ActivityDeps } from './deps.ts';
import { verdict } from './failures.ts';
import { stored } from './fenced-call.ts';
import { plainOutcome, putEvidence } from './outcome-evidence.ts';
import { pathOfInput, rungOf } from './prepare-call.ts';

/** What the provider said, classified and kept like any other answer. */
export async function refusal(deps: ActivityDeps, input: UploadInput, record: CallRecord): Promise<Error> {
  const kept = await stored(deps, record);
  const outcome = await plainOutcome(deps, kept);
  const { model } = rungOf(input);
  const read = classify({ outcome, model });
  const classification =
    read.branch === 'success' || read.branch === 'no-image'
      ? unreadable()
      : { ...read, billed: 'no' as const };
  return await failedUpload(deps, input, { kept, classification, outcome });
}

function unreadable(): FailedAttempt['classification'] {
  return finding('gateway-fault', 'not-gemini', {
    rule: 'upload-answer',
    certainty: 'guessed',
    billed: 'no',
    message: 'the answer to an upload is none that the Files API gives',
  });
}

export async function fileVerdict(
  deps: ActivityDeps,
  input: UploadInput,
  reason: 'failed' | 'not-ready',
  message: string,
): Promise<Error> {
  const now = Date.now();
  const error = { name: 'FileState', message };
  const kept = { kind: 'broken', stage: 'sent', by: 'unknown', error, startedAt: now, tookMs: 0 } as const;
  const classification = finding('file', reason, {
    rule: 'file-state',
    certainty: 'named',
    billed: 'no',
    message,
  });
  const outcome = { kind: 'text', text: message } as const;
  return await failedUpload(deps, input, { kept, classification, outcome });
}

async function failedUpload(
  deps: ActivityDeps,
  input: UploadInput,
  seen: {
    readonly kept: Parameters<typeof putEvidence>[2]['stored'];
    readonly classification: FailedAttempt['classification'];
    readonly outcome: Parameters<typeof putEvidence>[2]['evidence']['outcome'];
  },
): Promise<Error> {
  const { kept, classification, outcome } = seen;
  const path = pathOfInput(deps, input);
  const cost = { sureUsd: 0, possibleUsd: 0 };
  const evidence = { outcome, model: path.route.model };
  return verdict({
    n: input.n,
    move: input.move,
    variation: input.variation,
    route: path.route.name,
    model: path.route.model,
    fingerprint: path.fingerprint,
    startedAt: kept.startedAt,
    tookMs: kept.tookMs,
    billed: 'no',
    cost,
    classification,
    evidence: await putEvidence(deps, input, { stored: kept, evidence, read: classification, cost, path }),
  });
}
