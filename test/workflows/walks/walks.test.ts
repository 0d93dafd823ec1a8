/**
 * The acceptance of the branch table: each row is walked on a server that skips time, from the first
 * evidence to the last remedy and a person's word, with its waits, counts, proof and paths.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationView } from '../../../src/contract/generation.ts';
import { BRANCHES } from '../../../src/domain/branch.ts';
import type { Branch } from '../../../src/domain/branch.ts';
import type { EndCause } from '../../../src/domain/phase.ts';
import { POLICIES } from '../../../src/policies/index.ts';
import { failureFrom } from '../../support/course.ts';
import { followsTheTable, hasTimers, leavesByRouteOut, movesOf, runsOf, SLACK_MS } from './checks.ts';
import { footsteps, moveOf } from './footsteps.ts';
import { MORE_WALKS } from './more-walks.ts';
import type { Question, Walk } from './walk.ts';
import { CALL } from './walk.ts';
import type { OnItsWay } from './walker.ts';
import { Walker } from './walker.ts';
import { WALKS } from './walks.ts';

let walker: Walker;
beforeAll(async () => {
  walker = await Walker.open();
});
afterAll(() => walker.close());

type Asked = Walk & { readonly end: Question };

const rows = Object.entries(WALKS) as [Branch, Walk][];
const everyWalk = [...rows.map(([, walk]) => walk), ...MORE_WALKS];
const isAsked = (walk: Walk): walk is Asked => typeof walk.end !== 'string';

/** With the title of its test. */
function named<W extends Walk>(walks: readonly W[]): [string, W][] {
  return walks.map((walk) => [`${walk.evidence.classification.branch}: ${walk.law}`, walk]);
}
const asked = named(everyWalk.filter(isAsked));
const askedRows = rows.flatMap(([branch, walk]) => (isAsked(walk) ? [[branch, walk] as const] : []));
const returned = named(everyWalk.filter(({ end }) => end === 'returned'));

/** Dead in its own branch for that cause, along its row, kept in the store once. */
async function diesOf(cause: EndCause, { handle, scripts }: OnItsWay, walk: Walk): Promise<void> {
  const { branch, failure } = await failureFrom(handle);
  expect([branch, failure.cause]).toEqual([walk.evidence.classification.branch, cause]);
  const more = cause === 'attempts-spent' ? ['queued retest'] : [];
  expect(failure.trail.map(moveOf)).toEqual([...movesOf(walk), ...more]);
  expect(scripts.buried.map((record) => record.failure.cause)).toEqual([cause]);
  const { activities } = await footsteps(handle);
  expect(activities).toEqual([...runsOf(walk), ...more.map(() => CALL), 'gemini.bury']);
}

describe('the table of walks', () => {
  it('every branch has a walk, and every call of it fails in that branch', () => {
    expect(rows.map(([branch]) => branch)).toEqual(BRANCHES);
    expect(rows.map(([, { evidence }]) => evidence.classification.branch)).toEqual(BRANCHES);
  });

  // A batch is a lane's matter, `standard-tier` only leads back from a tier; the others are how a walk ends.
  const NOT_A_STAGE = new Set(['batch', 'standard-tier', 'hold', 'operator', 'return']);
  it.each(rows)('%s: takes every remedy of its row in the order of the row', (branch, { end }) => {
    const queue = branch === 'quota-day' ? 'wait-for-reset' : 'queue';
    const { remedies } = POLICIES[branch];
    const inOrder = remedies.filter((each) => !NOT_A_STAGE.has(each));
    // Some are taken only by a call that may have been billed: such a call has a walk of its own.
    const walks = everyWalk.filter(({ evidence }) => evidence.classification.branch === branch);
    const taken = walks.map(({ stages }) =>
      stages
        .filter(({ told, path }) => path !== 'text' && !/^(same-path retest|retest with)/.test(told))
        .map(({ told }) => (told === 'queued retest' ? queue : told)),
    );
    for (const each of taken) {
      expect([...new Set(each)]).toEqual(inOrder.filter((remedy) => each.includes(remedy)));
    }
    expect(inOrder.filter((remedy) => !taken.flat().includes(remedy))).toEqual([]);
    expect(typeof end === 'object').toBe(remedies.includes('hold') || remedies.includes('operator'));
  });
});

describe('from the first evidence to the person, who lets it leave by a route-out', () => {
  it.each(asked)('%s', async (_, walk) => {
    const failures = runsOf(walk).filter((name) => name === CALL).length;
    const way = await walker.walk(walk, { failures });
    const view = await way.untilAsked(walk.stages.length + 1);
    followsTheTable(walk, way, view);
    await leavesByRouteOut(walk, walk.end, way, view);
  });
});

describe('a person who does not let it leave', () => {
  it.each(askedRows)('%s: rejected, it ends for that; one that queues goes on queueing', async (_, walk) => {
    const way = await walker.walk(walk);
    await way.say('rejectRouteOut', await way.untilAsked(walk.stages.length + 1));
    await diesOf(walk.end.rejected, way, walk);
    expect((await way.view()).decisions).toMatchObject([{ outcome: 'taken', choice: 'reject' }]);
  });

  it.each(askedRows)('%s: nobody decides, the deadline ends it, or its last attempt', async (_, walk) => {
    const way = await walker.walk(walk);
    await diesOf(walk.end.undecided, way, walk);
    const { deadlineAt = 0 } = await way.view();
    const { closeTime } = await way.handle.describe();
    const late = (closeTime?.getTime() ?? 0) - deadlineAt;
    if (walk.end.undecided !== 'deadline') expect(late).toBeLessThan(0);
    else expect([late >= 0, late <= SLACK_MS]).toEqual([true, true]);
  });

  it.each(askedRows)("%s: routeOut 'never', dead at once without a question", async (_, walk) => {
    const way = await walker.walk(walk, { asks: false });
    const { never, wait } = walk.end;
    await diesOf(never, way, walk);
    const waits = walk.stages.map((stage) => stage.wait);
    await hasTimers(walk, way, never === 'attempts-spent' ? [...waits, wait] : waits);
    expect(await way.view()).not.toHaveProperty('ask');
  });
});

describe('back to the caller without a question', () => {
  it.each(returned)('%s', async (_, walk) => {
    const way = await walker.walk(walk);
    await diesOf('stop-branch', way, walk);
    const view: GenerationView = await way.view();
    followsTheTable(walk, way, view);
    expect(view).not.toHaveProperty('ask');
    const waits = walk.stages.map(({ wait }) => wait);
    await hasTimers(walk, way, waits);
  });
});
