/**
 * What a generation tells of itself to metrics and logs: each attempt, each wait, its end, once. Temporal lets
 * neither out of a replay, and they are no commands: histories of earlier releases replay as they are.
 */
import { log, metricMeter } from '@temporalio/workflow';
import type { Delivery } from '../src/contract/generation.ts';
import { count, observe } from '../src/contract/measure.ts';
import { NONE, OTHER } from '../src/contract/metrics.ts';
import type { Attempt, FailedAttempt } from '../src/domain/attempt.ts';
import { BRANCH_FACTS } from '../src/domain/branch-facts.ts';
import type { Classification } from '../src/domain/classification.ts';
import type { EndCause, Phase } from '../src/domain/phase.ts';
import type { AlertLevel } from '../src/domain/reason.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import { waitKindOf } from '../src/domain/tally.ts';

const LOG_LEVELS = { info: 'info', warning: 'warn', error: 'error' } as const satisfies Readonly<
  Record<AlertLevel, keyof typeof log>
>;
const MICRO = 1_000_000;
const SECOND_MS = 1_000;

/** A generation, as far as it is told of. */
interface Told {
  readonly id: string;
  readonly attempts: readonly Attempt[];
  readonly snapshot: PolicySnapshot | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/**
 * No measurement is worth a generation: what a later release's worker reports may hold a branch that this one
 * has no words for.
 */
function quietly(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    log.debug('a measurement was not told', { error });
  }
}

/** Called before it is one of `state.attempts`. */
export function tellAttempt(state: Told, attempt: Attempt): void {
  quietly(() => measureAttempt(state, attempt));
}

function measureAttempt(state: Told, attempt: Attempt): void {
  const { classification, billed, cost, tokens, tookMs, move } = attempt;
  const model = modelLabel(state, attempt.model);
  const branch = classification?.branch ?? NONE;
  const level = classification?.alertLevel ?? NONE;
  const outcome = classification === undefined ? 'answered' : 'failed';
  const tier = state.snapshot?.rungs[attempt.variation.rung]?.tier ?? 'standard';
  count(metricMeter, 'attempts', { branch, level, model, tier, billed });
  // An item of a batch takes as long as its job: no word on the provider's speed.
  if (attempt.variation.batch !== true)
    observe(metricMeter, 'callSeconds', { model, outcome }, tookMs / SECOND_MS);
  count(metricMeter, 'cost', { certainty: 'sure', model }, cost.sureUsd * MICRO);
  count(metricMeter, 'cost', { certainty: 'possible', model }, cost.possibleUsd * MICRO);
  for (const kind of ['prompt', 'image', 'text'] as const)
    count(metricMeter, 'tokens', { kind, model }, tokens?.[kind] ?? 0);
  if (move.kind === 'remedy') count(metricMeter, 'remedies', { remedy: move.remedy, outcome });
  if (move.kind !== 'prepare') tellFallback(state, model);
  if (classification !== undefined) logFailure(state.id, { ...attempt, classification });
}

function tellFallback(state: Told, to: string): void {
  const before = state.attempts.findLast(({ move }) => move.kind !== 'prepare')?.model;
  const from = modelLabel(state, before ?? state.snapshot?.rungs[0]?.model ?? to);
  if (from !== to) count(metricMeter, 'fallbacks', { from, to });
}

/** The provider's own words may hold the prompt: they are in the evidence, which this names. */
function logFailure(
  generation: string,
  { n, route, model, billed, evidence, classification }: FailedAttempt,
) {
  const { branch, reason, rule, alertLevel, owner, userAction, httpStatus } = classification;
  log[LOG_LEVELS[alertLevel]](`attempt ${n} failed: ${branch}: ${BRANCH_FACTS[branch].title}`, {
    ...{ generation, attempt: n, branch, reason, rule, owner, route, model, billed, userAction },
    ...(httpStatus === undefined ? {} : { status: httpStatus }),
    ...(evidence === undefined ? {} : { evidence }),
  });
}

/** What a phase waits for, in the words of the tally; before a retest, the branch. Undefined where it works. */
export function waitReasonOf(phase: Phase): string | undefined {
  return phase.phase === 'backing-off' ? phase.branch : waitKindOf(phase);
}

/** A wait that is over. */
export function tellWait(reason: string, ms: number): void {
  observe(metricMeter, 'waitSeconds', { reason }, ms / SECOND_MS);
}

export function tellDelivered(state: Told, { attempt, images, drafts }: Delivery): void {
  count(metricMeter, 'images', { model: modelLabel(state, attempt.model) }, images.length);
  count(metricMeter, 'artifactBytes', { kind: 'image' }, sumOf(images));
  count(metricMeter, 'artifactBytes', { kind: 'draft' }, sumOf(drafts));
  tellEnd(state, 'delivered');
}

interface Dead {
  readonly classification: Classification;
  readonly cause: EndCause;
}

export function tellDead(state: Told, end: Dead): void {
  quietly(() => measureDead(state, end));
}

function measureDead(state: Told, { classification, cause }: Dead): void {
  const { branch, reason, rule, alertLevel: level, owner, userAction } = classification;
  count(metricMeter, 'deadLetters', { branch, level, cause });
  tellEnd(state, 'dead');
  const { id: generation, attempts } = state;
  log[level === 'error' ? 'error' : 'warn'](`dead letter: ${branch}: ${BRANCH_FACTS[branch].title}`, {
    ...{ generation, attempts: attempts.length, branch, reason, rule, owner, cause, userAction },
  });
}

export function tellEnd(state: Told, outcome: 'delivered' | 'dead' | 'cancelled'): void {
  const { snapshot, attempts, startedAt } = state;
  const model = modelLabel(state, attempts.at(-1)?.model ?? snapshot?.rungs[0]?.model ?? OTHER);
  count(metricMeter, 'generations', { outcome, model });
  observe(metricMeter, 'generationSeconds', { outcome }, (Date.now() - startedAt) / SECOND_MS);
}

/** A request may name anything; the worker's snapshot names what the worker is configured with. */
function modelLabel({ snapshot }: Pick<Told, 'snapshot'>, model: string): string {
  const isKnown = snapshot?.text?.model === model || snapshot?.rungs.some((rung) => rung.model === model);
  return isKnown === true ? model : OTHER;
}

function sumOf(refs: readonly { readonly bytes: number }[]): number {
  return refs.reduce((sum, { bytes }) => sum + bytes, 0);
}
