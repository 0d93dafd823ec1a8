/**
 * `gemini.generate`: an image call behind its fence (`fenced-call.ts`), then what it came to. Ends in a
 * Delivery, or throws a verdict, `gemini.wait`, `gemini.extract-pending` (all decided by the workflow),
 * or `gemini.store-unavailable` (retried by Temporal).
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { Delivery, GenerateInput } from '../src/contract/generation.ts';
import type { StoredOutcome } from './attempt-records.ts';
import { conclude } from './conclude.ts';
import type { ActivityDeps } from './deps.ts';
import { extractPending, invalid, unapproved } from './failures.ts';
import type { ReadyCall } from './fenced-call.ts';
import { outcomeOfCall } from './fenced-call.ts';
import { startHeartbeat } from './heartbeat.ts';
import { loadCall, rungOf } from './prepare-call.ts';
import { worstUsdOf } from './price.ts';
import { slotRequest } from './slot.ts';
import { tracedAttempt } from './traces.ts';

export async function generate(deps: ActivityDeps, input: GenerateInput): Promise<Delivery> {
  // The last wall before the wire: a route that nobody allowed is not called, whoever asks (I4).
  if (rungOf(input).kind === 'route-out' && input.approval === undefined)
    throw unapproved(rungOf(input).route);
  return await tracedAttempt(input, async () => {
    const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n: input.n });
    try {
      const ready = () => readyCall(deps, input, heartbeat.cancelled);
      const outcome = await outcomeOfCall(deps, input, heartbeat, ready);
      heartbeat.tell({ phase: 'extracting', n: input.n });
      return await concludeOrPend(deps, input, outcome);
    } finally {
      heartbeat.stop();
    }
  });
}

async function readyCall(deps: ActivityDeps, input: GenerateInput, signal: AbortSignal): Promise<ReadyCall> {
  const prepared = await loadCall(deps, input, signal);
  const { route, path, call, callTimeoutMs, tokens, problems } = prepared;
  if (problems.length > 0) throw invalid(problems);
  return {
    fingerprint: path.fingerprint,
    callTimeoutMs,
    worstUsd: worstUsdOf(deps, input, call, tokens),
    slot: slotRequest(prepared, input),
    send: (options) => route.gemini.generate(call, options),
  };
}

async function concludeOrPend(
  deps: ActivityDeps,
  input: GenerateInput,
  outcome: StoredOutcome,
): Promise<Delivery> {
  try {
    return await conclude(deps, input, outcome);
  } catch (error) {
    throw error instanceof StoreUnavailable ? extractPending(error) : error;
  }
}
