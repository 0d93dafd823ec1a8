/**
 * The figures of a time: runs of generations that ended in it, counted by what they have in common. They are
 * a sum: counting two times apart and adding them gives what counting both at once gives, so that ended
 * generations are counted once and kept. Every dimension holds every call once.
 */
import type { CallTally, Tally, WaitKind } from '../tally.ts';
import { WAIT_KINDS } from '../tally.ts';
import type { Line } from './line.ts';
import { added, lineOfCalls, NO_LINE } from './line.ts';

/**
 * `day`: UTC, on which the run ended; `hour`: of the day, UTC, in which a call was sent; `model`: with its
 * tier; `verdict`: `branch/reason`, and `success`; `tenant`: empty for those without.
 */
export const DIMENSIONS_COUNTED = [
  'day',
  'hour',
  'model',
  'route',
  'branch',
  'verdict',
  'tenant',
  'urgency',
] as const;
export type CountedBy = (typeof DIMENSIONS_COUNTED)[number];

/** Why a run's cost is not known: nobody wrote it down, or it was not looked up. */
export type UnknownWhy = 'terminated' | 'timed-out' | 'no-tally';

/** One run of a generation that ended. */
export interface EndedRun {
  /** Epoch milliseconds. */
  readonly endedAt: number;
  readonly tally: Tally | UnknownWhy;
}

export interface Figures {
  readonly total: Line;
  readonly lines: { readonly [D in CountedBy]: Readonly<Record<string, Line>> };
  /** What ended dead runs, by `branch/reason`. */
  readonly ends: Readonly<Record<string, number>>;
  readonly waits: { readonly [K in WaitKind]?: { readonly ms: number; readonly generations: number } };
  readonly revived: number;
  /** Turns of edit sessions that delivered. */
  readonly turns: number;
  /** Delivered with `quality: 'draft'`. */
  readonly draftQuality: number;
  /** Runs that are counted nowhere else, because their cost is not known. */
  readonly unknown: { readonly [W in UnknownWhy]: number };
}

/** Called without a verdict: it delivered. */
export const SUCCESS = 'success';

const DAY_MS = 24 * 3_600_000;
const HOURS = 24;
/** Waits of less are nobody's plan: a batch takes up to a day. */
const PATIENT_MS = DAY_MS;

type Lines = { [D in CountedBy]: Map<string, Line> };

/** Counts runs, or adds figures; `figures` tells the sum so far. */
export class Count {
  private total = NO_LINE;
  private readonly lines: Lines = {
    day: new Map(),
    hour: new Map(),
    model: new Map(),
    route: new Map(),
    branch: new Map(),
    verdict: new Map(),
    tenant: new Map(),
    urgency: new Map(),
  };
  private readonly ends = new Map<string, number>();
  private readonly waits = new Map<WaitKind, { ms: number; generations: number }>();
  private revived = 0;
  private turns = 0;
  private draftQuality = 0;
  private readonly unknown: { [W in UnknownWhy]: number } = { terminated: 0, 'timed-out': 0, 'no-tally': 0 };

  run({ endedAt, tally }: EndedRun): void {
    if (typeof tally === 'string') {
      this.unknown[tally] += 1;
      return;
    }
    this.calls(tally, dayOf(endedAt));
    if (tally.end === 'dead' && tally.verdict !== undefined) {
      this.ends.set(tally.verdict, (this.ends.get(tally.verdict) ?? 0) + 1);
    }
    for (const kind of WAIT_KINDS) {
      const ms = tally.waitMs[kind] ?? 0;
      if (ms > 0) this.waited(kind, ms, 1);
    }
    if (tally.revived === true) this.revived += 1;
    if (tally.turn === true && tally.end === 'done') this.turns += 1;
    if (tally.quality === 'draft' && tally.end === 'done') this.draftQuality += 1;
  }

  add(figures: Figures): void {
    this.total = added(this.total, figures.total);
    for (const by of DIMENSIONS_COUNTED) {
      for (const [key, line] of Object.entries(figures.lines[by])) this.line(by, key, line);
    }
    for (const [verdict, n] of Object.entries(figures.ends)) {
      this.ends.set(verdict, (this.ends.get(verdict) ?? 0) + n);
    }
    for (const kind of WAIT_KINDS) {
      const wait = figures.waits[kind];
      if (wait !== undefined) this.waited(kind, wait.ms, wait.generations);
    }
    this.revived += figures.revived;
    this.turns += figures.turns;
    this.draftQuality += figures.draftQuality;
    for (const why of ['terminated', 'timed-out', 'no-tally'] as const) {
      this.unknown[why] += figures.unknown[why];
    }
  }

  figures(): Figures {
    const lines = Object.fromEntries(
      DIMENSIONS_COUNTED.map((by) => [by, Object.fromEntries(this.lines[by])] as const),
    ) as unknown as Figures['lines'];
    return {
      total: this.total,
      lines,
      ends: Object.fromEntries(this.ends),
      waits: Object.fromEntries([...this.waits].map(([kind, wait]) => [kind, { ...wait }] as const)),
      revived: this.revived,
      turns: this.turns,
      draftQuality: this.draftQuality,
      unknown: { ...this.unknown },
    };
  }

  /** Calls go where each belongs; the run itself goes once into each line that one of its calls is in. */
  private calls(tally: Tally, day: string): void {
    const { end, images, calls, tenant = '', urgency } = tally;
    const isPatient = canWait(tally);
    const run: Line = {
      ...NO_LINE,
      generations: 1,
      delivered: end === 'done' ? 1 : 0,
      dead: end === 'dead' ? 1 : 0,
      cancelled: end === 'cancelled' ? 1 : 0,
    };
    const whole = calls.reduce((sum, group) => added(sum, lineOfCalls(group, isPatient)), {
      ...run,
      images,
    });
    this.total = added(this.total, whole);
    this.line('day', day, whole);
    this.line('tenant', tenant, whole);
    this.line('urgency', urgency, whole);
    // What delivered: the images are its own.
    const isDelivery = ({ verdict, text }: CallTally): boolean => verdict === undefined && text !== true;
    const delivering = images === 0 ? undefined : (calls.findLast(isDelivery) ?? calls.at(-1));
    for (const by of ['hour', 'model', 'route', 'branch', 'verdict'] as const) {
      const met = new Set<string>();
      for (const group of calls) {
        const key = keyOf(by, group);
        const line = lineOfCalls(group, isPatient);
        const own = group === delivering ? { ...line, images } : line;
        this.line(by, key, met.has(key) ? own : added(own, run));
        met.add(key);
      }
    }
  }

  private line(by: CountedBy, key: string, more: Line): void {
    const lines = this.lines[by];
    lines.set(key, added(lines.get(key) ?? NO_LINE, more));
  }

  private waited(kind: WaitKind, ms: number, generations: number): void {
    const wait = this.waits.get(kind) ?? { ms: 0, generations: 0 };
    this.waits.set(kind, { ms: wait.ms + ms, generations: wait.generations + generations });
  }
}

/** Nobody sat before it, and its deadline leaves a batch the time that it takes. */
function canWait({ urgency, deadlineMs, turn }: Tally): boolean {
  return urgency !== 'interactive' && deadlineMs >= PATIENT_MS && turn !== true;
}

function keyOf(
  by: Extract<CountedBy, 'hour' | 'model' | 'route' | 'branch' | 'verdict'>,
  { hour, model, tier, route, verdict = SUCCESS }: CallTally,
): string {
  switch (by) {
    case 'hour':
      return String(hour % HOURS).padStart(2, '0');
    case 'model':
      return `${model} ${tier}`;
    case 'route':
      return route;
    case 'branch':
      return verdict.split('/')[0] ?? verdict;
    case 'verdict':
      return verdict;
  }
}

/** `2026-11-27`, UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function figuresOf(runs: Iterable<EndedRun>): Figures {
  const count = new Count();
  for (const run of runs) count.run(run);
  return count.figures();
}

export function sumOf(all: Iterable<Figures>): Figures {
  const count = new Count();
  for (const figures of all) count.add(figures);
  return count.figures();
}
