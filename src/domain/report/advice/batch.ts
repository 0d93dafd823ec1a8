/** What batches would have saved: half the price of whatever could have waited a day. */
import { usdOfNanos } from '../../tally.ts';
import type { BatchAdvice, Given } from './finding.ts';
import { ENOUGH_CALLS, shareOf } from './finding.ts';

const BATCH_FACTOR = 0.5;
/** Of all that was spent. */
const WORTH_SHARE = 0.05;

export function batchAdvice({ figures: { total } }: Given): BatchAdvice {
  const imageCalls = total.calls - total.textCalls;
  const { patientCalls, patientNanos, sureNanos } = total;
  const savingNanos = Math.round(patientNanos * BATCH_FACTOR);
  const pays = shareOf(savingNanos, sureNanos) >= WORTH_SHARE;
  return {
    id: 'batch',
    verdict: imageCalls < ENOUGH_CALLS ? 'too-few' : pays ? 'worth-it' : 'not-now',
    imageCalls,
    patientCalls,
    share: shareOf(patientCalls, imageCalls),
    patientUsd: usdOfNanos(patientNanos),
    savingUsd: usdOfNanos(savingNanos),
  };
}
