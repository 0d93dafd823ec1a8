/**
 * The report: what fails, what it costs, which limits bind, and what to do about it. Pure: figures in, numbers
 * out. Every sum agrees with every other one, because all are of the same calls.
 */
import { isBranch } from '../branch.ts';
import { usdOfNanos } from '../tally.ts';
import type { WaitKind } from '../tally.ts';
import { WAIT_KINDS } from '../tally.ts';
import { findingsOf } from './advice/index.ts';
import type { Finding, HourFigure, QuotaFigure } from './advice/finding.ts';
import { shareOf } from './advice/finding.ts';
import { notOurCallers } from './advice/other-provider.ts';
import type { CountedBy, Figures } from './figures.ts';
import { SUCCESS } from './figures.ts';
import type { Line } from './line.ts';
import { NO_LINE } from './line.ts';

/** A line of money: what is common to its calls, and what they came to. USD. */
export interface SpendLine {
  /** `2026-11-27`, `gemini-3-pro-image standard`, `capacity` … */
  readonly key: string;
  /** Runs that have a call here; a run with calls in several lines is in each of them. */
  readonly generations: number;
  readonly delivered: number;
  readonly images: number;
  readonly calls: number;
  readonly textCalls: number;
  readonly failed: number;
  /** Calls billed for sure, and possibly. */
  readonly billed: number;
  readonly maybeBilled: number;
  readonly sureUsd: number;
  readonly possibleUsd: number;
  /** Of these, for calls that failed. */
  readonly wastedSureUsd: number;
  readonly wastedPossibleUsd: number;
  /** What is sure, divided by images; absent without images. */
  readonly usdPerImage?: number;
}

export interface FailureLine extends SpendLine {
  readonly branch: string;
  readonly reason: string;
  /** 0–1, of all calls; of all generations, those that met it at least once. */
  readonly shareOfCalls: number;
  readonly shareOfGenerations: number;
}

export interface HourLine {
  /** UTC. */
  readonly hour: number;
  readonly calls: number;
  readonly failed: number;
  readonly capacity: number;
  /** 0–1, of its calls. */
  readonly failedShare: number;
}

export interface WaitLine {
  readonly kind: WaitKind;
  readonly ms: number;
  readonly generations: number;
  readonly meanMs: number;
}

export interface QuotaLine extends QuotaFigure {
  /** 0–1 and above, where more was used than is known to be allowed. */
  readonly share: number;
  /** 80 % or more. */
  readonly warns: boolean;
}

/** How far the figures reach; a reader must know what is not in them. */
export interface Coverage {
  /** Runs that were looked at. */
  readonly lookedAt: number;
  /** Everything that ended in the time was counted. */
  readonly complete: boolean;
  /** Epoch milliseconds: before it nothing was counted, where it is not complete. */
  readonly countedSince?: number;
  /** Days that Temporal keeps what ended; what ended before is gone. Absent where it did not say. */
  readonly retentionDays?: number;
  /** Generations that run: their calls are not in the figures yet. Absent where nobody could say. */
  readonly running?: number;
  /** Runs whose cost was read from their results: an earlier release wrote no tally. */
  readonly readFromResults: number;
  /** Accounts whose governor did not answer. */
  readonly silentAccounts: readonly string[];
}

export interface Report {
  readonly version: 1;
  /** Epoch milliseconds: of what ended from `since` to before `until`. */
  readonly since: number;
  readonly until: number;
  readonly madeAt: number;
  readonly coverage: Coverage;
  readonly total: SpendLine & {
    readonly dead: number;
    readonly cancelled: number;
    /** Runs that brought a dead letter back. */
    readonly revived: number;
    /** 0–1: delivered, of what ended and was not the caller's own doing. */
    readonly availability?: number;
    /** Runs whose cost is not known, and why; they are in no other number. */
    readonly unknown: Figures['unknown'];
  };
  readonly failures: readonly FailureLine[];
  /** What ended dead ones, most frequent first. */
  readonly ends: readonly { readonly verdict: string; readonly generations: number }[];
  readonly hours: readonly HourLine[];
  readonly spend: {
    readonly byDay: readonly SpendLine[];
    readonly byModel: readonly SpendLine[];
    readonly byRoute: readonly SpendLine[];
    readonly byTenant: readonly SpendLine[];
    readonly byUrgency: readonly SpendLine[];
  };
  readonly waits: readonly WaitLine[];
  readonly quotas: readonly QuotaLine[];
  readonly advice: readonly Finding[];
}

export interface ReportGiven {
  readonly since: number;
  readonly until: number;
  readonly madeAt: number;
  readonly coverage: Coverage;
  readonly figures: Figures;
  readonly quotas: readonly QuotaFigure[];
  /** How governors' hours fare, weighed; used where they know more calls than the time itself. */
  readonly learnedHours?: readonly { readonly calls: number; readonly capacity: number }[];
  readonly availability?: number;
}

const HOURS = 24;
const WARNS_AT = 0.8;

export function reportOf(given: ReportGiven): Report {
  const { since, until, madeAt, coverage, figures, quotas, availability } = given;
  const { total, revived, unknown } = figures;
  const hours = hoursOf(given);
  return {
    version: 1,
    since,
    until,
    madeAt,
    coverage,
    total: {
      ...spendLine('all', total),
      dead: total.dead,
      cancelled: total.cancelled,
      revived,
      ...availabilityOf(figures),
      unknown,
    },
    failures: failuresOf(figures),
    ends: Object.entries(figures.ends)
      .map(([verdict, generations]) => ({ verdict, generations }))
      .toSorted((a, b) => b.generations - a.generations || order(a.verdict, b.verdict)),
    hours: hourLines(figures),
    spend: {
      byDay: linesBy(figures, 'day').toSorted((a, b) => order(a.key, b.key)),
      byModel: linesBy(figures, 'model'),
      byRoute: linesBy(figures, 'route'),
      byTenant: linesBy(figures, 'tenant'),
      byUrgency: linesBy(figures, 'urgency'),
    },
    waits: waitsOf(figures),
    quotas: quotas
      .map((quota) => {
        const share = quota.limit > 0 ? quota.used / quota.limit : 0;
        return { ...quota, share, warns: share >= WARNS_AT };
      })
      .toSorted((a, b) => b.share - a.share),
    advice: findingsOf({ figures, quotas, hours, ...(availability === undefined ? {} : { availability }) }),
  };
}

/** Dearest first. */
export function linesBy({ lines }: Pick<Figures, 'lines'>, by: CountedBy): readonly SpendLine[] {
  return Object.entries(lines[by])
    .map(([key, line]) => spendLine(key, line))
    .toSorted((a, b) => b.sureUsd + b.possibleUsd - a.sureUsd - a.possibleUsd || order(a.key, b.key));
}

export function spendLine(key: string, line: Line): SpendLine {
  const { generations, delivered, images, calls, textCalls, failed, billed, maybeBilled } = line;
  return {
    key,
    generations,
    delivered,
    images,
    calls,
    textCalls,
    failed,
    billed,
    maybeBilled,
    sureUsd: usdOfNanos(line.sureNanos),
    possibleUsd: usdOfNanos(line.possibleNanos),
    wastedSureUsd: usdOfNanos(line.wastedSureNanos),
    wastedPossibleUsd: usdOfNanos(line.wastedPossibleNanos),
    ...(images === 0 ? {} : { usdPerImage: usdOfNanos(line.sureNanos) / images }),
  };
}

function failuresOf({ lines, total }: Figures): readonly FailureLine[] {
  return Object.entries(lines.verdict)
    .filter(([verdict]) => verdict !== SUCCESS)
    .map(([verdict, line]) => {
      const [branch = '', reason = ''] = verdict.split('/');
      return {
        ...spendLine(verdict, line),
        branch: isBranch(branch) ? branch : 'unknown',
        reason,
        shareOfCalls: shareOf(line.calls, total.calls),
        shareOfGenerations: shareOf(line.generations, total.generations),
      };
    })
    .toSorted((a, b) => b.calls - a.calls || order(a.key, b.key));
}

function hourLines({ lines }: Figures): readonly HourLine[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const { calls, failed, capacity } = lines.hour[hourKey(hour)] ?? NO_LINE;
    return { hour, calls, failed, capacity, failedShare: shareOf(failed, calls) };
  });
}

/** By the time itself, or, where a governor has seen more calls in an hour, by what it counted. */
function hoursOf({ figures, learnedHours }: ReportGiven): readonly HourFigure[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const own = figures.lines.hour[hourKey(hour)] ?? NO_LINE;
    const learned = learnedHours?.[hour];
    const { calls, capacity } = learned !== undefined && learned.calls > own.calls ? learned : own;
    return { hour, calls, capacity, patientCalls: own.patientCalls };
  });
}

function waitsOf({ waits }: Figures): readonly WaitLine[] {
  return WAIT_KINDS.flatMap((kind) => {
    const wait = waits[kind];
    return wait === undefined ? [] : [{ kind, ...wait, meanMs: Math.round(wait.ms / wait.generations) }];
  }).toSorted((a, b) => b.ms - a.ms);
}

function availabilityOf(figures: Figures): { readonly availability?: number } {
  const of = figures.total.delivered + notOurCallers(figures);
  return of === 0 ? {} : { availability: figures.total.delivered / of };
}

function hourKey(hour: number): string {
  return String(hour).padStart(2, '0');
}

/** By code points: the same everywhere. */
function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
