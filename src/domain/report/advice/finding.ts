/** What advice is made from, and what it comes to: numbers first, words are made of them elsewhere. */
import type { WaitLimit } from '../../wait-limit.ts';
import type { Figures } from '../figures.ts';

/** `too-few`: it would be a guess, so it is none. */
export type Verdict = 'worth-it' | 'not-now' | 'too-few';

/** Calls from which on a share means something. */
export const ENOUGH_CALLS = 50;
/** The same, of one hour of the day. */
export const ENOUGH_IN_AN_HOUR = 20;

/** How one limit is used at the moment. */
export interface QuotaFigure {
  /** `google/ai-studio/my-project` */
  readonly account: string;
  readonly model: string;
  readonly dimension: string;
  readonly limit: number;
  readonly used: number;
  readonly source: string;
  readonly ageMs: number;
}

/** How an hour of the day fares, UTC. */
export interface HourFigure {
  readonly hour: number;
  readonly calls: number;
  /** Calls that failed for capacity. */
  readonly capacity: number;
  /** Of the time that is reported: calls that could have waited. */
  readonly patientCalls: number;
}

export interface Given {
  readonly figures: Figures;
  readonly quotas: readonly QuotaFigure[];
  /** All 24, in order. */
  readonly hours: readonly HourFigure[];
  /** Percent of generations that must be served, as its reader needs it. */
  readonly availability?: number;
}

export interface TierUpgrade {
  readonly id: 'tier-upgrade';
  readonly verdict: Verdict;
  readonly generations: number;
  /** Generations that waited for the limit that they waited for longest, and for how long in all. */
  readonly binding?: { readonly limit: WaitLimit; readonly generations: number; readonly ms: number };
  /** Milliseconds that generations waited for limits in all: what a tier without them saves at most. */
  readonly waitedMs: number;
  /** Calls that a limit of the day refused. */
  readonly refusedByDay: number;
  /** Limits of which 80 % or more is used at the moment. */
  readonly nearlyUsed: readonly QuotaFigure[];
}

export interface BatchAdvice {
  readonly id: 'batch';
  readonly verdict: Verdict;
  readonly imageCalls: number;
  /** Live calls of generations that could have waited a day. */
  readonly patientCalls: number;
  /** 0–1, of image calls. */
  readonly share: number;
  readonly patientUsd: number;
  /** At half the price. */
  readonly savingUsd: number;
}

export interface QuietHoursAdvice {
  readonly id: 'quiet-hours';
  readonly verdict: Verdict;
  /** Hours of the day with enough calls to know their share. */
  readonly knownHours: number;
  readonly calls: number;
  /** 0–1: capacity failures over the known hours. */
  readonly share: number;
  readonly worst?: HourShare;
  readonly quietest?: HourShare;
  /** Calls that could have waited, in hours that fare worse than the quietest. */
  readonly movable: number;
  /** Failures that they would not have met there. */
  readonly avoidable: number;
}

export interface HourShare {
  readonly hour: number;
  readonly calls: number;
  readonly share: number;
}

export interface ProviderCondition {
  readonly id: 'capacity-at-peak' | 'safety' | 'daily-volume' | 'availability';
  /** Absent where too little is known to say. */
  readonly holds?: boolean;
  /** What was measured, and from which value on it holds. */
  readonly value: number;
  readonly limit: number;
  /** Of how many: calls, generations. */
  readonly of: number;
}

export interface OtherProvider {
  readonly id: 'other-provider';
  readonly verdict: Verdict;
  readonly conditions: readonly ProviderCondition[];
  readonly holding: number;
  /** Conditions that must hold. */
  readonly needed: number;
}

export interface ModelPrice {
  readonly model: string;
  readonly images: number;
  readonly usdPerImage: number;
  /** 0–1, of its calls. */
  readonly failedShare: number;
}

export interface CheaperModel {
  readonly id: 'cheaper-model';
  readonly verdict: Verdict;
  /** The model that the most money went to. */
  readonly main?: ModelPrice;
  readonly cheaper?: ModelPrice;
  readonly savedPerImageUsd: number;
  /** Turns of edit sessions that delivered: all but a session's last were steps on the way. */
  readonly turns: number;
}

export type Finding = TierUpgrade | BatchAdvice | QuietHoursAdvice | OtherProvider | CheaperModel;

export function shareOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
}
