/** Counts what a generation's run takes while it runs, by Temporal's clock: calls as they are kept, waits as they end. */
import type { Attempt } from '../src/domain/attempt.ts';
import type { Phase } from '../src/domain/phase.ts';
import type { ServiceTier } from '../src/domain/path.ts';
import type { GenerationRequest } from '../src/domain/request.ts';
import type { CallTally, Tally, WaitKind } from '../src/domain/tally.ts';
import { tallyOfCall, waitKindOf, withCalls } from '../src/domain/tally.ts';

export class Tallying {
  private calls: readonly CallTally[] = [];
  private readonly waitMs: { [K in WaitKind]?: number } = {};
  private images = 0;
  private drafts = 0;
  private verdict: string | undefined;
  private at: { readonly phase: Phase; readonly since: number } | undefined;

  /** @param tier Of the rung that it was made on; a changed request has other rungs, so it is asked for now. */
  called(attempt: Attempt, tier: ServiceTier | undefined): void {
    this.calls = withCalls(this.calls, tallyOfCall(attempt, tier ?? 'unknown'));
  }

  delivered(images: number, drafts: number): void {
    this.images = images;
    this.drafts = drafts;
  }

  died(verdict: string): void {
    this.verdict = verdict;
  }

  /** It was in another phase until now; what that waited for is counted. */
  entered(phase: Phase, now: number): void {
    const before = this.at;
    this.at = { phase, since: now };
    const kind = before === undefined ? undefined : waitKindOf(before.phase);
    if (before === undefined || kind === undefined || now <= before.since) return;
    this.waitMs[kind] = (this.waitMs[kind] ?? 0) + now - before.since;
  }

  tally(end: Tally['end'], request: GenerationRequest, isRevived: boolean): Tally {
    const { urgency, deadlineMs, quality, tenant, conversation } = request;
    return {
      v: 1,
      end,
      ...(end === 'dead' && this.verdict !== undefined ? { verdict: this.verdict } : {}),
      images: this.images,
      drafts: this.drafts,
      urgency,
      deadlineMs,
      ...(quality === undefined ? {} : { quality }),
      ...(tenant === undefined ? {} : { tenant }),
      ...(conversation === undefined ? {} : { turn: true }),
      ...(isRevived ? { revived: true } : {}),
      waitMs: { ...this.waitMs },
      calls: this.calls,
    };
  }
}
