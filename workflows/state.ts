/**
 * What a generation knows of itself while it runs, and how it tells it: phase, details, memo, query. The
 * other files of this folder change it; nothing here decides or waits.
 */
import { ApplicationFailure, CancellationScope, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { GenerationInput, GenerationView, Revival } from '../src/contract/generation.ts';
import type { MemoCause } from '../src/contract/names.ts';
import { isTraceparent } from '../src/contract/traceparent.ts';
import type { Attempt, FailedAttempt, Variation } from '../src/domain/attempt.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { Branch } from '../src/domain/branch.ts';
import type { DecisionRecord } from '../src/domain/decision.ts';
import type { Phase } from '../src/domain/phase.ts';
import type { Preparation } from '../src/domain/preparation.ts';
import type { GenerationRequest, StoredInput, FileList, UploadedInput } from '../src/domain/request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';
import type { Subscriber } from '../src/domain/subscriber.ts';
import type { PolicySnapshot, Rung } from '../src/domain/snapshot.ts';
import type { Tally } from '../src/domain/tally.ts';
import type { Whereabouts } from '../src/policies/decided.ts';
import type { Call } from '../src/policies/step.ts';
import { waysOf } from '../src/policies/ways.ts';
import { Announcer } from './announce.ts';
import { Desk } from './desk.ts';
import { LaneSide } from './lane-side.ts';
import { tellWait, waitReasonOf } from './measures.ts';
import { moved } from './moved.ts';
import { details, fitting, lastOf, publicStatus, trailOf } from './story.ts';
import { Tallying } from './tallying.ts';
import { show, showTally } from './visibility.ts';
import { Wakes } from './wakes.ts';

/** What a change of the request takes the place of. */
type Unchanged = Pick<GenerationState, 'request' | 'snapshot' | 'approvals' | 'preparations' | 'pending'>;

export function unchangedOf(state: GenerationState): Unchanged {
  const { request, snapshot, approvals, preparations, pending } = state;
  return { request, snapshot, approvals, preparations, pending };
}

export class GenerationState {
  readonly id: string;
  readonly startedAt: number = workflowInfo().startTime.getTime();
  readonly revival: Revival | undefined;
  readonly traceparent: string | undefined;
  readonly desk: Desk;
  readonly wakes = new Wakes();
  readonly tallying = new Tallying();
  readonly lane: LaneSide;
  request: GenerationRequest;
  phase: Phase = { phase: 'checking-quota' };
  attempts: readonly Attempt[] = [];
  snapshot: PolicySnapshot | undefined;
  /** What `fetchInputs` stored; absent when the request has no URL inputs. */
  inputs: readonly StoredInput[] | undefined;
  preparations: readonly Preparation[] = [];
  /** Branches for which a person refused a route-out. */
  rejected: readonly Branch[] = [];
  /** The inputs as files, by the route whose project holds them. */
  readonly files = new Map<string, readonly UploadedInput[] | FileList>();
  /** Who let it leave to a rung, by the rung's index. */
  approvals: ReadonlyMap<number, DecisionRecord> = new Map();
  /** The decision that is being carried out, or was last. */
  taken: DecisionRecord | undefined;
  /** What a person's change replaced, until a call with it was recorded. */
  unchanged: Unchanged | undefined;
  /** The call that could not go, while another is tried in its place: what it comes back to. */
  pending: Call | undefined;
  /** How often it looked in vain whether what stops it is over. */
  looks: { readonly at: string; readonly n: number } = { at: '', n: 0 };
  /** What it shares with others while it waits for a person. */
  cause: MemoCause | undefined;
  /** It started on this rung because its route was degraded, and how that was said. */
  degraded: { readonly rung: number; readonly words: string } | undefined;
  /** Attempt at which the files of a route were first asked for: a worker that comes later goes on from there. */
  readonly series = new Map<string, number>();
  /** Its first call may wait for quiet hours: until that was asked for. A revived one has waited enough. */
  mayWaitForQuiet: boolean;
  /** Why it did not wait for quiet hours. */
  quietWarning: string | undefined;
  readonly news = new Announcer();
  /** Webhooks that want to know of it; none before the first check has told. */
  notify: readonly Subscriber[] = [];
  /** What webhooks were told that stops it. */
  stuckBy: readonly string[] = [];
  private shown = false;
  private enteredAt = this.startedAt;
  private wait: { readonly reason: string; readonly since: number } | undefined;

  constructor(id: string, { request, revival, traceparent }: GenerationInput) {
    this.id = id;
    // Also fills in what a caller in another language left out.
    this.request = resolveRequest(request);
    this.revival = revival;
    this.traceparent = isTraceparent(traceparent) ? traceparent : undefined;
    this.mayWaitForQuiet = this.request.when === 'quiet' && revival === undefined;
    this.desk = new Desk(() => setCurrentDetails(details(this.view())));
    this.lane = new LaneSide({
      moved: (to, said) => this.desk.note(moved(this, to, said)),
      wanted: () => this.wakes.ring(),
    });
  }

  /** Number of the attempt that comes next; goes on across revivals. */
  get nextN(): number {
    return (this.revival?.attempts ?? 0) + this.attempts.length + 1;
  }

  get deadlineAt(): number {
    return this.snapshot?.deadlineAt ?? this.startedAt + this.request.deadlineMs;
  }

  /** The last attempt that asked for an image; absent where none was made, because its route is held. */
  get last(): FailedAttempt | undefined {
    return this.attempts.findLast(({ move }) => move.kind !== 'prepare') as FailedAttempt | undefined;
  }

  /** Where a decision leaves from: the last attempt, or the call that never went. */
  whereabouts({ variation }: Pick<Call, 'variation'>): Whereabouts {
    return this.last ?? { variation, route: this.rungOf(variation).route };
  }

  /** Whether the call is to a rung that is still to be prepared. */
  isNewRung({ variation, move }: Pick<Call, 'variation' | 'move'>): boolean {
    // A changed request has a ladder of its own, which the worker has just made.
    if (move.kind === 'operator' && move.choice === 'change') return false;
    return variation.rung !== (this.last?.variation.rung ?? 0);
  }

  rungOf({ rung: index }: Variation): Rung {
    const rung = this.snapshot?.rungs[index];
    if (rung === undefined) throw ApplicationFailure.nonRetryable(`rung ${index} is not in the snapshot`);
    return rung;
  }

  closeRung(index: number): void {
    const { snapshot } = this;
    if (snapshot === undefined) return;
    const rungs = snapshot.rungs.map((rung, i) => (i === index ? { ...rung, closed: true as const } : rung));
    this.snapshot = { ...snapshot, rungs };
  }

  enter(phase: Phase): void {
    const now = Date.now();
    if (phase.phase !== this.phase.phase) this.enteredAt = now;
    this.phase = phase;
    this.measureWait(waitReasonOf(phase));
    this.tallying.entered(phase, now);
    const tally = this.tallyAt(phase);
    setCurrentDetails(details(this.view()));
    // A clean generation ends with one attempt and writes nothing beside its tally: 13 events.
    const clean = phase.phase === 'done' && this.attempts.length === 1 && this.revival === undefined;
    if (clean && !this.shown) {
      if (tally !== undefined) showTally(tally);
      return;
    }
    const { enteredAt: since, attempts, cause } = this;
    const told = { phase, since, attempts, ask: this.desk.open, cause, tally };
    this.shown = show(told, this.snapshot?.searchAttributes ?? []) || this.shown;
  }

  /** Where its snapshot says so: an earlier release's generation ends as it would have ended there. */
  private tallyAt({ phase }: Phase): Tally | undefined {
    if (this.snapshot?.tallies !== true) return undefined;
    if (phase !== 'done' && phase !== 'dead' && phase !== 'cancelled') return undefined;
    return this.tallying.tally(phase, this.request, this.revival !== undefined);
  }

  /** Tells the wait that ends; the same again goes on. */
  private measureWait(reason: string | undefined): void {
    const { wait } = this;
    if (reason === wait?.reason) return;
    const now = Date.now();
    if (wait !== undefined) tellWait(wait.reason, now - wait.since);
    this.wait = reason === undefined ? undefined : { reason, since: now };
  }

  view(): GenerationView {
    const { id, phase, attempts, revival, snapshot } = this;
    const { open, log } = this.desk;
    const all = snapshot === undefined ? [] : waysOf(snapshot, attempts);
    const ways = phase.phase === 'batching' ? all.filter(({ kind }) => kind !== 'batch') : all;
    return fitting((whole) => ({
      id,
      phase,
      trail: trailOf(attempts, whole),
      cost: totalCost(attempts),
      ...(snapshot === undefined ? {} : { deadlineAt: snapshot.deadlineAt }),
      ...(open === undefined ? {} : { ask: open }),
      ...(ways.length === 0 ? {} : { ways }),
      decisions: lastOf(log, whole),
      ...(revival === undefined ? {} : { revival }),
      publicStatus: publicStatus(phase),
    }));
  }
}

export function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}
