/**
 * The tally of a run that left none, from its result or its failure: calls and verdicts are told there, and the
 * cost in all; which call cost what is not. Nobody says how long it waited.
 */
import { WorkflowFailedError } from '@temporalio/client';
import type { GenerationFailure, GenerationResult, TrailLine } from '../contract/generation.ts';
import type { Cost } from '../domain/attempt.ts';
import type { CallTally, Tally } from '../domain/tally.ts';
import { nanosOf, usdOfNanos, withCalls } from '../domain/tally.ts';
import type { ClientContext } from './context.ts';
import { failureOf } from './failure-of.ts';

const HOUR_MS = 3_600_000;
const SUCCESS = 'success';
const TEXT_CALL = 'text call:';

interface Run {
  readonly id: string;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

/** Undefined where the outcome does not say, or cannot be read in time: never rejects. */
export async function tallyFromOutcome(
  { client, deadlineMs }: Pick<ClientContext, 'client' | 'deadlineMs'>,
  { id, runId, endedAt }: Run,
): Promise<Tally | undefined> {
  const handle = client.workflow.getHandle(id, runId);
  try {
    const result = await client.withDeadline(
      Date.now() + deadlineMs,
      async () => (await handle.result()) as GenerationResult,
    );
    return toldOf('done', result, endedAt, result.images.length, result.drafts.length, result.route);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) return undefined;
    const { failure } = failureOf(id, error);
    // Without a verdict of its own it did not say what it cost.
    if (failure.classification.rule === 'workflow-outcome') return undefined;
    const { branch, reason } = failure.classification;
    return { ...toldOf('dead', failure, endedAt, 0, 0), verdict: `${branch}/${reason}` };
  }
}

function toldOf(
  end: Tally['end'],
  { trail, cost }: Pick<GenerationResult | GenerationFailure, 'trail' | 'cost'>,
  endedAt: number,
  images: number,
  drafts: number,
  route = 'unknown',
): Tally {
  return {
    v: 1,
    end,
    images,
    drafts,
    urgency: 'standard',
    deadlineMs: 0,
    waitMs: {},
    calls: callsOf(trail, cost, Math.floor(endedAt / HOUR_MS), route),
  };
}

/** What is billed is spread evenly over the calls that may have been; where one was, that is exact. */
export function callsOf(
  trail: readonly TrailLine[],
  cost: Cost,
  hour: number,
  route: string,
): readonly CallTally[] {
  const sure = spread(
    cost.sureUsd,
    trail.map(({ billed }) => billed === 'yes'),
  );
  const possible = spread(
    cost.possibleUsd,
    trail.map(({ billed }) => billed === 'possible'),
  );
  return trail.reduce<readonly CallTally[]>((groups, { model, verdict, move, billed }, i) => {
    return withCalls(groups, {
      hour,
      route,
      model,
      tier: 'unknown',
      ...(verdict === SUCCESS ? {} : { verdict }),
      ...(move.startsWith(TEXT_CALL) ? { text: true } : {}),
      calls: 1,
      billed: billed === 'yes' ? 1 : 0,
      maybeBilled: billed === 'possible' ? 1 : 0,
      sureUsd: sure[i] ?? 0,
      possibleUsd: possible[i] ?? 0,
    });
  }, []);
}

/** Nothing is lost by rounding: the last one takes the rest. */
function spread(usd: number, isPart: readonly boolean[]): readonly number[] {
  const nanos = nanosOf(usd);
  const parts = isPart.filter(Boolean).length;
  // Some cost and no call that says so: told of the last one.
  if (parts === 0) return isPart.map((_, i) => (i === isPart.length - 1 ? usdOfNanos(nanos) : 0));
  const each = Math.floor(nanos / parts);
  const last = isPart.lastIndexOf(true);
  return isPart.map((is, i) => (is ? usdOfNanos(i === last ? nanos - each * (parts - 1) : each) : 0));
}
