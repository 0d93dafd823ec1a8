/** What must be true of a walk that was walked. */
import { expect } from 'vitest';
import type { GenerationResult, GenerationView, TrailLine } from '../../../src/contract/generation.ts';
import type { Variation } from '../../../src/domain/attempt.ts';
import { differences, footsteps, imagesOf, moveOf, runLength, variationsOf } from './footsteps.ts';
import { BACKUP } from './ladder.ts';
import type { Question, Stage, Wait, Walk } from './walk.ts';
import { CALL, rung } from './walk.ts';
import type { OnItsWay } from './walker.ts';

/** Between a decision and its event, by the server's clock. */
export const SLACK_MS = 2_000;
const RESET_SPREAD_MS = 30_000;
/** A shorter wait may pass unseen on a busy machine. */
const SEEN_FROM_MS = 20_000;

export function movesOf({ stages }: Walk): readonly string[] {
  return ['first call', ...stages.map(({ told }) => told)];
}

export function runsOf({ first = [CALL], stages }: Walk): readonly string[] {
  return [...first, ...stages.flatMap(({ runs }) => runs)];
}

/** Moves, counts, proof and paths of the way so far. */
export function followsTheTable(walk: Walk, { scripts, sights }: OnItsWay, { trail }: GenerationView): void {
  const { branch, reason } = walk.evidence.classification;
  expect(trail.map(moveOf)).toEqual(movesOf(walk));
  expect(trail.map(({ n }) => n)).toEqual(trail.map((_, i) => i + 1));
  const images = imagesOf(trail);
  expect(new Set(images.map(({ verdict }) => verdict))).toEqual(new Set([`${branch}/${reason}`]));

  const variations = variationsOf(scripts);
  expect(variations).toHaveLength(images.length);
  const steps = walk.stages.filter(({ path }) => path !== 'text');
  steps.forEach((stage, i) => {
    const before = images.slice(0, i + 1).map(({ fingerprint }) => fingerprint);
    const fingerprint = images[i + 1]?.fingerprint;
    const [from, to] = variations.slice(i, i + 2) as [Variation, Variation];
    expect(differences(from, to), stage.told).toEqual(stage.changes === undefined ? [] : [stage.changes]);
    if (stage.path === 'same') expect(fingerprint, stage.told).toBe(before.at(-1));
    else expect(before, stage.told).not.toContain(fingerprint);
    if (leaves(stage)) expect(isProved(walk, images.slice(0, i + 1)), `before ${stage.told}`).toBe(true);
  });
  if (typeof walk.end !== 'string') offersTheWayOutAtProof(walk, sights, trail);
}

function leaves({ path, told }: Stage): boolean {
  return path === 'other' && !told.startsWith('retest');
}

/** Enough in a row; or proved before, and no retest left to prove it with again (docs/decisions/0012). */
function isProved({ proof, retests }: Walk, images: readonly TrailLine[]): boolean {
  const spent = images.filter(({ move }) => /^(same-path retest|retest with)/.test(move)).length;
  const hasLeft = new Set(images.map(({ fingerprint }) => fingerprint)).size > 1;
  return runLength(images) >= proof || (hasLeft && spent >= retests);
}

/** While it waits by itself, a route-out may be chosen exactly when the branch is proved where it is. */
function offersTheWayOutAtProof(walk: Walk, sights: OnItsWay['sights'], trail: readonly TrailLine[]): void {
  walk.stages.forEach(({ wait }, i) => {
    const isLong =
      wait !== undefined && (!Array.isArray(wait) || (wait as readonly number[])[0]! > SEEN_FROM_MS);
    const sight = sights.find(({ n }) => n === i + 1);
    if (isLong) expect(sight, `wait after ${i + 1}`).toBeDefined();
    if (sight === undefined) return;
    const proved = isProved(walk, imagesOf(trail.slice(0, sight.n)));
    expect(sight.choices.includes('route-out'), `after ${sight.n}`).toBe(proved);
  });
}

/** The person says so, the call goes to that route with the approval, and an image comes. */
export async function leavesByRouteOut(
  walk: Walk,
  question: Question,
  way: OnItsWay,
  view: GenerationView,
): Promise<void> {
  const { ask, phase, deadlineAt, trail: before } = view;
  const { scope, wait = 'deadline' } = question;
  const images = imagesOf(before);
  expect(phase).toMatchObject({ phase: question.phase, ...(scope === undefined ? {} : { scope }) });
  expect(ask?.options.map(({ choice }) => choice)).toEqual(['route-out', 'retry', 'change', 'reject']);
  expect(ask?.hold).toBe(scope);
  expect(ask?.options[0]).toMatchObject({ route: BACKUP.route, model: BACKUP.model });
  const proof = { proof: runLength(images), of: walk.proof, evidence: images.at(-1)?.evidence };
  expect(ask).toMatchObject({ ...proof, expiresAt: deadlineAt });

  await way.say('approveRouteOut', view);
  const { trail, route, images: delivered, decisions } = (await way.handle.result()) as GenerationResult;
  const last = trail.at(-1) as TrailLine;
  expect({ route, images: delivered.length }).toEqual({ route: BACKUP.route, images: 1 });
  expect(last).toMatchObject({ verdict: 'success', n: before.length + 1 });
  expect(moveOf(last)).toBe('route-out');
  expect(images.map(({ fingerprint }) => fingerprint)).not.toContain(last.fingerprint);
  expect(decisions).toMatchObject([{ by: 'ann', choice: 'route-out', outcome: 'taken' }]);
  const [from, to] = variationsOf(way.scripts).slice(-2) as [Variation, Variation];
  expect(differences(from, to)).toEqual(['rung']);
  expect(way.scripts.generated.at(-1)?.approval?.by).toBe('ann');
  expect(way.scripts.buried).toHaveLength(0);

  const { activities } = await footsteps(way.handle);
  expect(activities).toEqual([...runsOf(walk), ...rung('route-out').runs]);
  const waits = walk.stages.map((stage) => stage.wait);
  await hasTimers(walk, way, [...waits, wait === 'deadline' ? { deadlineAt: deadlineAt ?? 0 } : wait]);
}

type Timed = Wait | { readonly deadlineAt: number } | undefined;

/** Exactly these durable timers, in order; each of them and each activity with words for a person. */
export async function hasTimers({ evidence }: Walk, way: OnItsWay, waits: readonly Timed[]): Promise<void> {
  const { timers, summaries, timerSummaries } = await footsteps(way.handle);
  const bounds = waits.flatMap((wait) => (wait === undefined ? [] : [boundsOf(wait, way.startedAt)]));
  expect(timers).toHaveLength(bounds.length);
  timers.forEach(({ ms, firesAt }, i) => {
    const { of, from, to } = bounds[i] as (typeof bounds)[number];
    const value = of === 'ms' ? ms : firesAt;
    expect(value, `timer ${i + 1}`).toBeGreaterThanOrEqual(from);
    expect(value, `timer ${i + 1}`).toBeLessThanOrEqual(to);
  });
  expect(summaries).not.toContain('');
  for (const summary of timerSummaries) expect(summary).toContain(evidence.classification.branch);
}

function boundsOf(wait: Exclude<Timed, undefined>, startedAt: number) {
  if ('deadlineAt' in wait) {
    return { of: 'firesAt', from: wait.deadlineAt, to: wait.deadlineAt + SLACK_MS } as const;
  }
  if ('until' in wait) {
    const from = startedAt + wait.until;
    return { of: 'firesAt', from, to: from + RESET_SPREAD_MS + SLACK_MS } as const;
  }
  return { of: 'ms', from: wait[0], to: wait[1] } as const;
}
