/**
 * What *Spend* is made of. Ended generations are counted once and kept, limits and budgets are remembered, so
 * that the page is there in a moment, however many generations there are and whoever does not answer.
 */
import type { BudgetListing } from '../../../client/budgets.ts';
import type { GeminiImages } from '../../../client/gemini-images.ts';
import type { GovernorSight } from '../../../client/governors-sight.ts';
import { answered } from '../../../client/governors-sight.ts';
import type { Report } from '../../../domain/report/report.ts';
import { reportOf } from '../../../domain/report/report.ts';
import { FormProblem } from '../../form.ts';
import type { Asked } from '../../page.ts';
import type { Remembered } from '../../remembered.ts';
import { Memory } from '../../remembered.ts';
import type { SpendSight } from '../../spend-book.ts';
import { SpendBook } from '../../spend-book.ts';

/** Days that are shown, today (UTC) included. */
export const PERIODS = [1, 7, 30] as const;
export type Period = (typeof PERIODS)[number];

export interface SpendData {
  readonly days: Period;
  readonly sight: Omit<SpendSight, 'figures'>;
  readonly report: Report;
  readonly routes: Remembered<readonly GovernorSight[]>;
  readonly budgets: Remembered<BudgetListing>;
}

/** Of a page, for all of its parts at once. */
const PATIENCE_MS = 600;
const DAY_MS = 24 * 3_600_000;

interface Sources {
  readonly book: SpendBook;
  readonly routes: Memory<readonly GovernorSight[]>;
  readonly budgets: Memory<BudgetListing>;
}

/** One count for all who look by the same client. */
const sources = new WeakMap<GeminiImages, Sources>();

function sourcesOf(images: GeminiImages): Sources {
  const known = sources.get(images);
  if (known !== undefined) return known;
  const made: Sources = {
    book: new SpendBook({ images }),
    routes: new Memory(() => images.routes()),
    budgets: new Memory(() => images.budgets()),
  };
  sources.set(images, made);
  return made;
}

/** Throws {@link ServerUnreachable} where Temporal is away: what was seen last is shown then. */
export async function loadSpend({ images, query, now }: Asked): Promise<SpendData> {
  const days = periodOf(query.get('days'));
  const { book, routes, budgets } = sourcesOf(images);
  const [{ figures, ...sight }, limits, money, running] = await Promise.all([
    book.look(days, PATIENCE_MS),
    routes.look(PATIENCE_MS),
    budgets.look(PATIENCE_MS),
    images.count({ status: 'running' }),
  ]);
  const views = answered(limits.value ?? []);
  const since = startOfDay(now) - (days - 1) * DAY_MS;
  const report = reportOf({
    since,
    until: now,
    madeAt: now,
    coverage: {
      lookedAt: sight.counting?.runs ?? 0,
      complete: sight.counting === undefined,
      ...(sight.counting?.since === undefined ? {} : { countedSince: sight.counting.since }),
      ...(running === undefined ? {} : { running }),
      readFromResults: 0,
      silentAccounts: [],
    },
    figures,
    quotas: views.flatMap(({ id, lanes }) =>
      lanes.flatMap(({ limits: each }) => each.map((limit) => ({ account: id, ...limit }))),
    ),
  });
  return { days, sight, report, routes: limits, budgets: money };
}

function periodOf(text: string | null): Period {
  if (text === null) return 1;
  const days = PERIODS.find((each) => String(each) === text);
  if (days === undefined) throw new FormProblem('days', `must be one of ${PERIODS.join(', ')}`);
  return days;
}

/** UTC, as days are counted. */
function startOfDay(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
