/**
 * The reducer of a batch lane: events in, state out; and what is to be done now. Pure and total: the
 * workflow around it keeps the state, does what is due and lends it Temporal's clock.
 *
 * An item is collected once however often it is announced; it leaves by being taken into a job, or by
 * saying so. A job is closed by count, bytes, age, or by the room that history has for its list (I1). What
 * is in a job is decided in the store, by whoever claims an item first, not here: two lanes that collect
 * the same item are harmless.
 */
import type { LaneItem, LaneJoin, LaneLeave, SubmitAnswer, WatchAnswer } from '../contract/lane.ts';
import { utf8Bytes } from '../domain/short-text.ts';
import type { LaneJob, LaneState, RunningJob, SubmittingJob } from './state.ts';

/** The provider takes a hundred at a time from a project; more of one lane wait in it. */
export const MOST_JOBS = 30;
/** Bytes of a list of items, as an activity's argument (I1). */
const LIST_ROOM_BYTES = 10_000;
/** Of all that is carried into the next run. */
const LONGEST_WHY = 200;

/** Looks at a job: half a minute at first, then ever more rarely. Batches take minutes at best, a day at worst. */
const LOOK = { baseMs: 30_000, factor: 1.5, capMs: 10 * 60_000 } as const;
/** Between tries to submit: the quota for batches is a matter of jobs ending. */
const SUBMIT = { baseMs: 30_000, factor: 2, capMs: 15 * 60_000 } as const;
const SHORTEST_MS = 1_000;

export type LaneEvent =
  | { readonly kind: 'join'; readonly join: LaneJoin }
  | { readonly kind: 'leave'; readonly leave: LaneLeave }
  | { readonly kind: 'submitted'; readonly name: string; readonly answer: SubmitAnswer }
  | { readonly kind: 'watched'; readonly name: string; readonly answer: WatchAnswer }
  | { readonly kind: 'cancelled'; readonly name: string }
  /** An activity gave up: a store or every worker is away. */
  | { readonly kind: 'failed'; readonly name: string; readonly why: string };

export function reduce(state: LaneState, event: LaneEvent, now: number): LaneState {
  switch (event.kind) {
    case 'join':
      return join(state, event.join, now);
    case 'leave':
      return leave(state, event.leave, now);
    case 'submitted':
      return submitted(state, event.name, event.answer, now);
    case 'watched':
      return watched(state, event.name, event.answer, now);
    case 'cancelled':
      return change(state, event.name, (job) => notLeft(job, now));
    case 'failed':
      return change(state, event.name, (job) => again(state, job, event.why, 0, now));
  }
}

function join(before: LaneState, { limits, timeScale, job, ...joined }: LaneJoin, now: number): LaneState {
  const state = { ...before, limits, timeScale };
  if (job !== undefined) {
    return without(adopt(state, job, now), (item) => isSame(item, joined));
  }
  const { generation, n, entry, bytes } = joined;
  const isKnown = state.waiting.some((item) => isSame(item, joined)) || isListed(state, joined);
  if (isKnown) return state;
  // A later entry of the same call: the earlier one has left, though its word of it is still on its way.
  const free = without(state, (item) => item.generation === generation && item.n === n && item.entry < entry);
  const isOlder = free.waiting.some((item) => item.generation === generation && item.n === n);
  if (isOlder) return free;
  return closed({ ...free, waiting: [...free.waiting, { generation, n, entry, bytes, at: now }] }, now);
}

function leave(state: LaneState, { job, ...left }: LaneLeave, now: number): LaneState {
  const free = without(state, (item) => isSame(item, left));
  if (job === undefined) return free;
  return change(free, job, (each) =>
    each.phase === 'running' ? { ...each, left: true, nextAt: Math.min(each.nextAt, now) } : each,
  );
}

function submitted(before: LaneState, name: string, answer: SubmitAnswer, now: number): LaneState {
  const state = answer.elsewhere.reduce((each, job) => adopt(each, job, now), before);
  switch (answer.kind) {
    case 'empty':
      return { ...state, jobs: state.jobs.filter((job) => job.name !== name) };
    case 'created':
      return change(state, name, ({ items }) => ({
        ...({ name, items, since: now, phase: 'running', job: answer.job, tries: 0 } as const),
        nextAt: now + growing(LOOK, 0, state.timeScale),
      }));
    case 'later':
      return change(state, name, (job) => {
        if (job.phase === 'running') return job;
        const { list: _stored, ...rest } = job;
        return again(state, rest, answer.why, answer.ms ?? 0, now);
      });
  }
}

function watched(state: LaneState, name: string, answer: WatchAnswer, now: number): LaneState {
  switch (answer.kind) {
    case 'done':
      return { ...state, jobs: state.jobs.filter((job) => job.name !== name) };
    case 'running':
      return change(state, name, ({ why: _why, ...job }) => ({
        ...job,
        tries: job.tries + 1,
        nextAt: now + growing(LOOK, job.tries + 1, state.timeScale),
      }));
    case 'unknown':
      return change(state, name, (job) => again(state, job, answer.why, 0, now));
  }
}

/** Of a run of this lane that was ended, or of another lane: somebody must look at it. */
function adopt(state: LaneState, name: string, now: number): LaneState {
  if (state.jobs.some((job) => job.name === name)) return state;
  const job: SubmittingJob = { phase: 'submitting', name, items: 0, since: now, tries: 0, nextAt: now };
  return { ...state, jobs: [...state.jobs, job] };
}

function again<J extends LaneJob>(
  { timeScale }: LaneState,
  job: J,
  why: string,
  leastMs: number,
  now: number,
): J {
  const pace = job.phase === 'running' ? LOOK : SUBMIT;
  const nextAt = now + Math.max(growing(pace, job.tries, timeScale), Number.isFinite(leastMs) ? leastMs : 0);
  return { ...job, tries: job.tries + 1, why: why.slice(0, LONGEST_WHY), nextAt };
}

function growing(
  { baseMs, factor, capMs }: { readonly baseMs: number; readonly factor: number; readonly capMs: number },
  tries: number,
  timeScale: number,
): number {
  return Math.max(SHORTEST_MS, Math.min(capMs, baseMs * factor ** Math.min(tries, 50)) * timeScale);
}

/** Closes what is full; by age it is closed when its time has come (see {@link due}). */
function closed(state: LaneState, now: number): LaneState {
  const { waiting, limits, jobs, prefix, next } = state;
  if (waiting.length === 0 || jobs.length >= MOST_JOBS) return state;
  const count = fits(state);
  const isFull = count < waiting.length || count >= limits.items || isHeavy(state);
  if (!isFull && now < (waiting[0]?.at ?? now) + limits.ageMs) return state;
  const list = waiting.slice(0, count).map(({ generation, n, entry }) => ({ generation, n, entry }));
  const name = `${prefix}-${next}`;
  const job: SubmittingJob = {
    ...({ phase: 'submitting', name, items: list.length, since: now, tries: 0, nextAt: now } as const),
    list,
  };
  return closed({ ...state, waiting: waiting.slice(count), jobs: [...jobs, job], next: next + 1 }, now);
}

function isHeavy({ waiting, limits }: LaneState): boolean {
  return waiting.reduce((sum, { bytes }) => sum + bytes, 0) >= limits.bytes;
}

/** How many of the first items go into one job; one at least, however large it is. */
function fits({ waiting, limits }: LaneState): number {
  let bytes = 0;
  let room = LIST_ROOM_BYTES;
  let count = 0;
  for (const item of waiting) {
    bytes += item.bytes;
    room -= utf8Bytes(JSON.stringify([item.generation, item.n, item.entry])) + 40;
    if (count > 0 && (count >= limits.items || bytes > limits.bytes || room < 0)) break;
    count += 1;
  }
  return count;
}

export type LaneAction =
  | { readonly kind: 'submit'; readonly job: SubmittingJob }
  | { readonly kind: 'watch'; readonly job: RunningJob }
  | { readonly kind: 'cancel'; readonly job: RunningJob };

/** What is to be done now, and when to look again; both empty: the lane has nothing left to do. */
export interface Due {
  readonly state: LaneState;
  readonly actions: readonly LaneAction[];
  /** Epoch milliseconds. */
  readonly wakeAt: number | undefined;
}

/** @param busy Names of jobs that something is being done for. */
export function due(before: LaneState, busy: ReadonlySet<string>, now: number): Due {
  const state = closed(before, now);
  const { waiting, jobs, limits } = state;
  const free = jobs.filter(({ name }) => !busy.has(name));
  const actions = free.filter(({ nextAt }) => nextAt <= now).map(actionFor);
  const oldest = waiting[0];
  const times = [
    ...free.filter(({ nextAt }) => nextAt > now).map(({ nextAt }) => nextAt),
    ...(oldest === undefined || jobs.length >= MOST_JOBS ? [] : [oldest.at + limits.ageMs]),
  ];
  return { state, actions, wakeAt: times.length === 0 ? undefined : Math.min(...times) };
}

function actionFor(job: LaneJob): LaneAction {
  if (job.phase === 'submitting') return { kind: 'submit', job };
  return job.left === true ? { kind: 'cancel', job } : { kind: 'watch', job };
}

/** Nothing is collected and no job is open: it may end; whoever comes next starts it anew. */
export function isEmpty({ waiting, jobs }: LaneState): boolean {
  return waiting.length === 0 && jobs.length === 0;
}

function without(state: LaneState, gone: (item: LaneItem) => boolean): LaneState {
  const waiting = state.waiting.filter((item) => !gone(item));
  return waiting.length === state.waiting.length ? state : { ...state, waiting };
}

function isListed({ jobs }: LaneState, item: LaneItem): boolean {
  return jobs.some((job) => job.phase === 'submitting' && job.list?.some((each) => isSame(each, item)));
}

function isSame(one: LaneItem, other: LaneItem): boolean {
  return one.generation === other.generation && one.n === other.n && one.entry === other.entry;
}

function notLeft(job: LaneJob, now: number): LaneJob {
  if (job.phase !== 'running') return job;
  const { left: _left, ...rest } = job;
  return { ...rest, nextAt: now };
}

function change(state: LaneState, name: string, to: (job: LaneJob) => LaneJob): LaneState {
  return { ...state, jobs: state.jobs.map((job) => (job.name === name ? to(job) : job)) };
}
