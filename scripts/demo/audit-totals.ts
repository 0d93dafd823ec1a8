/** The audit's counts, from what was read of each generation. */
import type { Attempt } from '../../src/domain/attempt.ts';
import type { Choice } from '../../src/domain/ask.ts';
import type { GenerationReading } from './audit-generation.ts';
import type { AuditedGeneration, Standing } from './audited-generation.ts';

export interface AuditTotals {
  readonly generations: number;
  readonly done: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly waiting: number;
  /** Final images of generations that are done, read back from the store. */
  readonly images: number;
  readonly lost: number;
  readonly paidTwice: number;
  readonly possiblyPaid: number;
  readonly unaccounted: number;
  /** Generations that were delivered from a prompt which a text model rewrote. */
  readonly rewritten: number;
  /** Generations for which a person let something be sent: another route, a rewritten prompt. */
  readonly approved: number;
  /** Generations that a grant let leave, which a person gave for their cause. */
  readonly granted: number;
  /** Generations that a person ended. */
  readonly rejected: number;
  /** Generations that were brought back from their dead letter. */
  readonly revived: number;
  readonly maxHistoryEvents: number;
  /** Of all that histories carry and, where workers were asked, of the answers to queries. */
  readonly maxPayloadBytes: number;
  /** Attempts by branch; `success` for those that delivered, `words` for text calls that answered. */
  readonly byBranch: Readonly<Record<string, number>>;
}

export function totalsOf(readings: readonly GenerationReading[]): AuditTotals {
  const seen = readings.flatMap((one) => one.seen ?? []);
  const attempts = seen.flatMap((one) => one.attempts);
  const standing = (what: Standing) => seen.filter((one) => one.standing === what).length;
  const sum = (of: (reading: GenerationReading) => number) =>
    readings.reduce((before, one) => before + of(one), 0);
  return {
    generations: seen.length,
    done: standing('done'),
    dead: standing('dead'),
    cancelled: standing('cancelled'),
    waiting: standing('waiting'),
    images: sum((one) => one.imagesRead),
    lost: sum((one) => one.lost.length),
    paidTwice: sum((one) => one.paidTwice.length),
    possiblyPaid: attempts.filter(({ billed }) => billed === 'possible').length,
    unaccounted: sum((one) => one.unaccounted.length),
    rewritten: seen.filter(({ promptChange }) => promptChange?.remedy === 'rewrite').length,
    approved: seen.filter((one) => wasTaken(one, 'route-out') || wasTaken(one, 'rewrite')).length,
    granted: seen.filter(({ decisions }) => decisions.some(isGrant)).length,
    rejected: seen.filter(({ failure }) => failure?.cause === 'rejected').length,
    revived: seen.filter(({ revivals }) => revivals.length > 0).length,
    maxHistoryEvents: Math.max(0, ...seen.map(({ events }) => events)),
    maxPayloadBytes: Math.max(0, ...readings.map((one) => one.maxPayloadBytes)),
    byBranch: byBranch(attempts),
  };
}

function wasTaken({ decisions }: AuditedGeneration, choice: Choice): boolean {
  return decisions.some(
    (decision) => decision.outcome === 'taken' && decision.choice === choice && !isGrant(decision),
  );
}

function isGrant({ via, outcome }: AuditedGeneration['decisions'][number]): boolean {
  return via === 'grant' && outcome === 'taken';
}

function byBranch(attempts: readonly Attempt[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { classification, move } of attempts) {
    const branch = classification?.branch ?? (move.kind === 'prepare' ? 'words' : 'success');
    counts[branch] = (counts[branch] ?? 0) + 1;
  }
  return counts;
}
