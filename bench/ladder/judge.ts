/**
 * What a party made of the day. The provider's ledger says what it called and what was paid, and its images are
 * decoded here: what cannot be, or has other pixels than were asked for or permitted, is not delivered.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { pixelsOf } from '../../src/emulator/pixel-sizes.ts';
import { quantile } from '../quota/ledger.ts';
import { round } from '../statistics.ts';
import type { PartyName } from './party.ts';
import { PARTIES } from './party.ts';
import type { Ask } from './trace.ts';
import { RATIO, SIZE } from './trace.ts';

/** A call as the emulator booked it. */
export interface Call {
  /** Epoch milliseconds, of its arrival and of its answer's last byte. */
  readonly at: number;
  readonly endedAt?: number;
  /** The request that it was for; undefined where its prompt does not tell, as a text model's. */
  readonly ask?: string | undefined;
  readonly model: string;
  readonly status?: number | undefined;
  readonly decision: string;
  readonly billed: boolean;
  readonly usd: number;
  /** The answer left whole. */
  readonly whole: boolean;
}

/** A request that its party has done with: with an image in `<directory>/<id>`, or without one. */
export interface Outcome {
  readonly id: string;
  /** Epoch milliseconds when the image was there. */
  readonly gotAt?: number;
  /** Why there is none. */
  readonly why?: string;
}

export interface Figures {
  /** Requests that somebody could deliver, and those that were. */
  readonly asked: number;
  readonly images: number;
  readonly delivered: number;
  /** Files that are no image of a permitted size. */
  readonly unusable: number;
  readonly calls: number;
  readonly paid: number;
  /** Where there is no image, what was called or paid in all: a lower bound. */
  readonly callsPerImage: number;
  readonly paidPerImage: number;
  readonly usdPerImage: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly caused429: number;
  /** Prohibited prompts that were sent once more after the provider's verdict had arrived. */
  readonly policyResent: number;
  /** Requests without an image, by the words their party had for it. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** @param startAt Epoch milliseconds of time 0. */
export async function judge(
  asks: readonly Ask[],
  calls: readonly Call[],
  outcomes: readonly Outcome[],
  directory: string,
  startAt: number,
): Promise<Figures> {
  const ended = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const possible = asks.filter(({ prohibited }) => !prohibited);
  const waits: number[] = [];
  const reasons: Record<string, number> = {};
  let unusable = 0;
  for (const { id, atMs } of possible) {
    const { gotAt, why = 'not done in time' } = ended.get(id) ?? {};
    if (gotAt !== undefined && (await isPermitted(join(directory, id)))) {
      waits.push(gotAt - startAt - atMs);
      continue;
    }
    if (gotAt !== undefined) unusable += 1;
    const reason = gotAt === undefined ? why : 'not an image of a permitted size';
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  const images = waits.length;
  const paid = calls.filter(({ billed }) => billed).length;
  const perImage = (amount: number): number => amount / Math.max(1, images);
  return {
    asked: possible.length,
    images,
    delivered: images / possible.length,
    unusable,
    calls: calls.length,
    paid,
    callsPerImage: perImage(calls.length),
    paidPerImage: perImage(paid),
    usdPerImage: perImage(calls.reduce((sum, { usd }) => sum + usd, 0)),
    p50Ms: quantile(waits, 0.5),
    p95Ms: quantile(waits, 0.95),
    caused429: calls.filter(({ status }) => status === 429).length,
    policyResent: resent(asks, calls),
    reasons,
  };
}

/** Every model that is allowed draws the same pixels at this size; smaller ones are permitted too. */
async function isPermitted(path: string): Promise<boolean> {
  const sizes = (['512', SIZE] as const).flatMap((size) => [
    pixelsOf('gemini-3', RATIO, size),
    pixelsOf('gemini-2.5', RATIO, size),
  ]);
  try {
    const { info } = await sharp(await readFile(path))
      .raw()
      .toBuffer({ resolveWithObject: true });
    return sizes.some(({ width, height }) => width === info.width && height === info.height);
  } catch {
    return false;
  }
}

/** A prompt whose first answers were lost may well be sent again: only a verdict that arrived counts. */
function resent(asks: readonly Ask[], calls: readonly Call[]): number {
  return asks.filter(({ id, prohibited }) => {
    if (!prohibited) return false;
    const own = calls.filter(({ ask }) => ask === id);
    const told = own.find(({ decision, whole }) => decision === 'safety:prohibited-content' && whole);
    const toldAt = told?.endedAt;
    return toldAt !== undefined && own.some(({ at }) => at >= toldAt);
  }).length;
}

export interface Summary {
  readonly delivered: number;
  readonly paidPerImage: number;
  readonly caused429: number;
  readonly policyResent: number;
}

/** A party's part of the last line. */
export function summaryOf({ delivered, paidPerImage, caused429, policyResent }: Figures): Summary {
  return { delivered: round(delivered, 4), paidPerImage: round(paidPerImage, 4), caused429, policyResent };
}

/** The last line of the bench. Throws where a party is missing: a comparison without it says nothing. */
export function lastLine(figures: readonly (Figures & { readonly party: PartyName })[]): string {
  const entries = PARTIES.map((name) => {
    const own = figures.find(({ party }) => party === name);
    if (own === undefined) throw new Error(`there are no figures of ${name}`);
    return [name, summaryOf(own)] as const;
  });
  return JSON.stringify(Object.fromEntries(entries));
}
