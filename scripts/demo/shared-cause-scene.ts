/**
 * One leaked key and six generations: one call meets the cause, one hold stops them all, one grant answers
 * as many asks as its cost cap has room for, and the end of the hold lets the rest go.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CauseGroup } from '../../src/client/causes.ts';
import { untilAsked } from './operator.ts';
import { start, tellEnd } from './play.ts';
import { BEHIND, LEAKED } from './scenarios/shared-cause.ts';
import type { Show } from './show.ts';
import { BACKUP } from './stage.ts';

/** Asks that the grant has room for. */
const GRANTED = 3;
const GRANT_LASTS_MS = 10 * 60_000;
/** Who asked its governor just before the hold opened hears of it at its next exchange: 0.75 s here. */
const HEARD_BY_ALL_MS = 1_500;
const LOOK_EVERY_MS = 250;
const DEADLINE_MS = 30_000;

export async function playSharedCause(show: Show): Promise<void> {
  const { stage, teller } = show;
  const { images } = stage;
  teller.heading('One cause, many generations');
  const first = await start(show, LEAKED);
  await untilAsked(show, first.id);
  await sleep(HEARD_BY_ALL_MS);
  const handles = [first, ...(await Promise.all(BEHIND.map((scenario) => start(show, scenario))))];
  const group = await untilWaiting(show, handles.length);
  const calls = handles.reduce((sum, { id }) => sum + stage.calls(id).length, 0);
  const hold = group.hold ?? '';
  teller.says(LEAKED, `${LEAKED.trouble} → hold ${hold}: ${group.count} wait, after ${calls} call in all`);

  const each = group.routes.find(({ route }) => route === BACKUP)?.worstUsd ?? 0;
  const { grant } = await images.approveCause({
    cause: group.name,
    route: BACKUP,
    until: new Date(Date.now() + GRANT_LASTS_MS),
    maxCostUsd: each * GRANTED * 1.01,
    by: 'ann',
    why: 'the campaign starts tonight',
    ...(group.evidence === undefined ? {} : { evidence: group.evidence }),
  });
  const cap = `$${grant.maxCostUsd.toFixed(2)}`;
  teller.person(
    LEAKED,
    `ann grants the cause route ${BACKUP} up to ${cap}, 10 min: ${grant.id}, “${grant.why}”`,
  );
  await untilUsed(show, grant.id, GRANTED);
  teller.says(
    LEAKED,
    `${grant.id} answered ${GRANTED} asks; ${handles.length - GRANTED} are beyond its cap and wait`,
  );

  const why = 'Google restored the key';
  teller.person(LEAKED, `bob resumes ${hold}: “${why}”; a text call, then one generation, then the rest`);
  const resumed = await images.resume({ hold, by: 'bob', why });
  teller.says(LEAKED, `${hold} is ${resumed.phase}`);
  await Promise.all(handles.map((handle, i) => tellEnd(show, [LEAKED, ...BEHIND][i] ?? LEAKED, handle)));
}

async function untilWaiting({ stage }: Show, count: number): Promise<CauseGroup> {
  let seen: readonly string[] = [];
  const what = () => `${count} generations behind one hold, but: ${seen.join('; ') || 'nothing waits'}`;
  return await until(what, async () => {
    const groups = await stage.images.causes();
    seen = groups.map((group) => `${group.name} ${group.hold ?? 'no hold'}: ${group.count}, ${group.why}`);
    return groups.find((group) => group.hold !== undefined && group.count === count);
  });
}

async function untilUsed({ stage }: Show, id: string, uses: number): Promise<unknown> {
  return await until(
    () => `${uses} uses of ${id}`,
    async () => (await stage.images.grants()).find(({ grant }) => grant.id === id && grant.uses >= uses),
  );
}

async function until<T>(what: () => string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  throw new Error(`there were not ${what()} within ${DEADLINE_MS / 1_000} s`);
}
