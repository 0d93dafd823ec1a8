/**
 * What *Now* is made of. Nothing reads all generations: totals are count queries, lists are first pages, and
 * causes are found among the newest that wait for a person.
 */
import type { CauseGroup } from '../../../client/causes.ts';
import { WAITS_FOR_A_PERSON } from '../../../client/causes-waiting.ts';
import type { GovernorSight } from '../../../client/governors-sight.ts';
import type { GeminiImages } from '../../../client/gemini-images.ts';
import type { LaneSight } from '../../../client/lanes.ts';
import type { Listed } from '../../../client/listed.ts';
import { isBranch } from '../../../domain/branch.ts';
import type { Asked } from '../../page.ts';
import type { Part } from '../../part.ts';
import { within } from '../../part.ts';
import { FormProblem } from '../../form.ts';

/** Causes are looked for among so many of those that wait, the newest. */
const LOOKED_AT = 500;
export const PAGE = 50;
/** Nothing younger is called stuck, unless a person is asked. */
const YOUNG_MS = 15 * 60_000;

export interface NowData {
  readonly running: number | undefined;
  /** For a person; undefined where the namespace does not tell phases, and they are too many to look at. */
  readonly waiting: number | undefined;
  readonly dead: number | undefined;
  readonly causes: Part<Causes>;
  readonly routes: Part<readonly GovernorSight[]>;
  readonly lanes: Part<readonly LaneSight[]>;
  readonly stuck: Part<Stuck>;
  readonly list: Part<readonly Listed[]>;
  /** Of a later page of what runs: ISO 8601. */
  readonly before: string | undefined;
}

export interface Causes {
  readonly groups: readonly CountedGroup[];
  readonly lookedAt: number;
  readonly complete: boolean;
}

export interface CountedGroup extends CauseGroup {
  /** False: there may be more of them than were looked at. */
  readonly isExact: boolean;
}

export interface Stuck {
  readonly found: readonly Listed[];
  readonly lookedAt: number;
  readonly complete: boolean;
}

export async function loadNow({ images, query, now }: Asked): Promise<NowData> {
  const before = query.get('before') ?? undefined;
  const startedBy = before === undefined ? undefined : new Date(before);
  if (startedBy !== undefined && Number.isNaN(startedBy.getTime())) {
    throw new FormProblem('before', 'must be a time such as 2027-01-31T18:00:00Z');
  }
  // Asked at once; whether Temporal answers at all is told by the counts.
  const [causes, routes, lanes, stuck, list, running, waiting, dead] = await Promise.all([
    within('the causes', causesOf(images)),
    within('the governors', images.routes()),
    within('the batch lanes', images.lanes()),
    within('the slow ones', stuckOf(images, now)),
    within(
      'the list',
      images.list({ status: 'running', limit: PAGE, ...(startedBy === undefined ? {} : { startedBy }) }),
    ),
    images.count({ status: 'running' }),
    images.count({ status: 'running', phases: WAITS_FOR_A_PERSON }),
    images.count({ status: 'failed' }),
  ]);
  return { causes, routes, lanes, stuck, list, running, waiting: waiting ?? sumOf(causes), dead, before };
}

/** Where the namespace does not tell phases, but all were looked at. */
function sumOf(causes: Part<Causes>): number | undefined {
  if (causes.kind === 'missing' || !causes.value.complete) return undefined;
  return causes.value.groups.reduce((sum, { count }) => sum + count, 0);
}

async function causesOf(images: GeminiImages): Promise<Causes> {
  const listing = await images.causes({ limit: LOOKED_AT });
  const { lookedAt, complete } = listing;
  const groups = complete
    ? listing.map((group) => ({ ...group, isExact: true }))
    : await Promise.all(listing.map((group) => countedGroup(images, group, listing)));
  return { groups: groups.toSorted((a, b) => b.count - a.count), lookedAt, complete };
}

/** Where a branch has one cause, its count is the cause's. Visibility knows branches, not scopes. */
async function countedGroup(
  images: GeminiImages,
  group: CauseGroup,
  all: readonly CauseGroup[],
): Promise<CountedGroup> {
  const { branch } = group;
  const isAlone = all.every(
    (each) => each === group || (each.branch !== branch && each.branch !== 'operator'),
  );
  if (!isAlone || !isBranch(branch)) return { ...group, isExact: false };
  const count = await images.count({ status: 'running', phases: WAITS_FOR_A_PERSON, branch });
  return count === undefined || count < group.count
    ? { ...group, isExact: false }
    : { ...group, count, isExact: true };
}

async function stuckOf(images: GeminiImages, now: number): Promise<Stuck> {
  const startedBy = new Date(now - YOUNG_MS);
  const found = await images.list({ stuck: true, limit: PAGE, lookAt: LOOKED_AT, startedBy });
  const { lookedAt } = found;
  // Those that wait for a person are told by their cause.
  const slow = found.filter(({ phase }) => !WAITS_FOR_A_PERSON.some((each) => each === phase));
  return { found: slow, lookedAt, complete: lookedAt < LOOKED_AT && found.length < PAGE };
}
