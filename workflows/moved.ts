/** What a promotion, or the wish for the batch lane, comes to: recorded with who and why, as decisions are (I12). */
import type { DecisionOutcome, DecisionRecord, MoveChoice } from '../src/domain/decision.ts';
import type { Phase } from '../src/domain/phase.ts';
import type { readMove } from '../src/domain/promotion.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import type { Wish } from './lane-side.ts';

const CHOICES: Readonly<Record<Wish['to'], MoveChoice>> = { live: 'promote', lane: 'to-batch' };

/** Where the generation is when it is told. */
interface At {
  readonly phase: Phase;
  readonly snapshot: PolicySnapshot | undefined;
  readonly mayWaitForQuiet: boolean;
}

interface Effect {
  readonly outcome: DecisionOutcome;
  readonly answer: string;
}

export function moved(
  at: At,
  to: Wish['to'],
  said: ReturnType<typeof readMove>,
): Omit<DecisionRecord, 'at' | 'via'> {
  const choice = CHOICES[to];
  if ('junk' in said) return { choice, outcome: 'junk', answer: said.junk };
  const { identity: by, reason: why } = said;
  const effect = to === 'live' ? promotion(at) : laneWish(at);
  return { ...effect, choice, by, ...(why === undefined ? {} : { why }) };
}

function promotion({ phase, snapshot, mayWaitForQuiet }: At): Effect {
  if (phase.phase === 'waiting' && phase.quiet === true) return taken('it goes now, without its quiet hours');
  if (phase.phase === 'batching') return taken('it leaves its batch lane, for a live call');
  if (mayWaitForQuiet) return taken('it will not wait for quiet hours');
  if (snapshot?.permits?.batch !== undefined) return taken('it will not go into a batch lane');
  const answer = 'it waits neither for quiet hours nor for a batch: nothing changes';
  return { outcome: 'refused', answer };
}

function laneWish({ snapshot }: At): Effect {
  if (snapshot === undefined || snapshot.permits?.batch !== undefined)
    return taken('it goes by the batch lane from its next call on');
  return {
    outcome: 'refused',
    answer: 'its request allows no batch, or its route takes none: nothing changes',
  };
}

function taken(answer: string): Effect {
  return { outcome: 'taken', answer };
}
