/**
 * The remedies, each as a function from where a generation stands to what it does next, or undefined
 * where the request does not allow it, its means are missing, or there is nothing left to change. One
 * remedy changes one variable (I4). What ends elsewhere (`hold`, `operator`, `return`) is not here.
 */
import type { Attempt, CallRemedy, Variation } from '../domain/attempt.ts';
import type { Branch } from '../domain/branch.ts';
import { heeded } from '../domain/hint.ts';
import type { PreparedRemedy } from '../domain/preparation.ts';
import type { PolicySnapshot, Rung } from '../domain/snapshot.ts';
import { backoff, queueDelay, SHORTEST_WAIT_MS } from './backoff.ts';
import type { Remedy } from './policy.ts';
import type { Situation } from './situation.ts';
import { hasRoom, isPathClosed } from './situation.ts';
import type { Call, Prepare } from './step.ts';

interface Treatment {
  /** Leaves the path: needs proof. */
  readonly leavesPath: boolean;
  /** Repeats the path without a person: forbidden after a second call that may have been billed (I13). */
  readonly repeatsPath: boolean;
  apply(situation: Situation): Call | Prepare | undefined;
}

/** Keeps what was changed before, where the new rung can serve it. */
export function onRung(variation: Variation, index: number, rung: Rung): Variation {
  const { size, batch, ...rest } = variation;
  return {
    ...rest,
    rung: index,
    ...(size !== undefined && rung.sizes.includes(size) ? { size } : {}),
    ...(batch === true && rung.batch !== undefined ? { batch } : {}),
  };
}

export function worstUsdOf(snapshot: PolicySnapshot, { rung: index, size, batch }: Variation): number {
  const rung = snapshot.rungs[index];
  const at = size === undefined ? 0 : (rung?.sizes.indexOf(size) ?? 0);
  return (rung?.worstUsd[Math.max(0, at)] ?? 0) * (batch === true ? (rung?.batch ?? 1) : 1);
}

/** How often a remedy's call was made already. */
function used(attempts: readonly Attempt[], remedy: CallRemedy): number {
  return attempts.filter(({ move }) => move.kind === 'remedy' && move.remedy === remedy).length;
}

export function remedyCall(variation: Variation, remedy: CallRemedy, change: string, why: string): Call {
  return { kind: 'call', delayMs: 0, variation, move: { kind: 'remedy', remedy, change }, why };
}

function nextRung(kind: RungRemedy) {
  return (situation: Situation): Call | undefined => {
    const { trail, last, snapshot } = situation;
    const taken = new Set(trail.map(({ variation }) => variation.rung));
    const { branch } = last.classification;
    const leaves = mayLeave(kind, branch, snapshot) || (kind === 'fallback' && isLostBetween(situation));
    const index = leaves ? freeRung(snapshot, kind, last.variation, taken) : undefined;
    if (index === undefined) return undefined;
    const { variation, to } = climb(snapshot, last.variation, index);
    const why = `${branch} proved on ${last.model}; the request allows ${to}`;
    return remedyCall(variation, kind, `${last.model} → ${to}`, why);
  };
}

/** Remedies that are a rung of the ladder which the caller allowed. */
export const RUNG_REMEDIES = ['tier', 'fallback', 'endpoint'] as const;
export type RungRemedy = (typeof RUNG_REMEDIES)[number];

/** What breaks between us and the provider, for every model alike as far as anybody knows. */
const BETWEEN: ReadonlySet<Branch> = new Set(['gateway-fault', 'network']);

/**
 * Two calls were lost between us and the provider, and nothing may repeat the path. Another model is no way around
 * a gateway, but it is a request of its own: what is left of what the caller allowed (docs/decisions/0047).
 */
export function isLostBetween(situation: Situation): boolean {
  const { last, snapshot } = situation;
  const isBetween = BETWEEN.has(last.classification.branch);
  return isBetween && snapshot.permits?.pastGateways === true && isPathClosed(situation);
}

/** Generations of an earlier release leave for another endpoint only where a gateway is at fault. */
export function mayLeave(
  kind: RungRemedy,
  branch: Branch,
  { permits }: Pick<PolicySnapshot, 'permits'>,
): boolean {
  if (kind === 'fallback' && BETWEEN.has(branch)) return false;
  return kind !== 'endpoint' || branch === 'gateway-fault' || permits?.endpoints === true;
}

/** The first rung of a kind that is open and not among `not`. */
export function freeRung(
  { rungs }: Pick<PolicySnapshot, 'rungs'>,
  kind: RungRemedy,
  from: Variation,
  not: ReadonlySet<number>,
): number | undefined {
  const current = rungs[from.rung];
  const index = rungs.findIndex(
    (rung, i) =>
      rung.kind === kind &&
      rung.closed !== true &&
      !not.has(i) &&
      (kind !== 'tier' || rung.model === current?.model),
  );
  return index === -1 ? undefined : index;
}

/** The variation on another rung, and the rung in words. */
export function climb(
  { rungs }: Pick<PolicySnapshot, 'rungs'>,
  from: Variation,
  index: number,
): { readonly variation: Variation; readonly to: string } {
  const rung = rungs[index] as Rung;
  const model = rungName(rung);
  const variation = onRung(from, index, rung);
  const [before, after] = [from.size ?? rungs[from.rung]?.sizes[0], variation.size ?? rung.sizes[0]];
  // A rung that lacks the size can only be taken at another one that the request allows: say so.
  return { variation, to: before === after ? model : `${model} at ${after}` };
}

/** `gemini-3-pro-image (priority)`, `gemini-3-pro-image on cloud` */
export function rungName({ model, tier, kind, route }: Rung): string {
  const tiered = tier === 'standard' ? model : `${model} (${tier})`;
  return kind === 'endpoint' ? `${tiered} on ${route}` : tiered;
}

/** The tier was a way around what ails the standard one: there the generation goes on where it was. */
function standardTier({ all, last, snapshot, random }: Situation): Call | undefined {
  const { classification, variation } = last;
  const from = snapshot.rungs[variation.rung];
  if (classification.reason !== 'tier-not-allowed') return undefined;
  if (from === undefined || from.tier === 'standard') return undefined;
  const index = snapshot.rungs.findIndex(
    ({ route, model, tier }) => route === from.route && model === from.model && tier === 'standard',
  );
  const before = all.findLast((attempt) => attempt.variation.rung === index)?.classification;
  const numbers = before === undefined ? undefined : snapshot.policies[before.branch];
  if (index === -1 || numbers === undefined) return undefined;
  return {
    ...remedyCall(
      onRung(variation, index, snapshot.rungs[index] as Rung),
      'standard-tier',
      `${from.tier} → standard`,
      `the account may not use the ${from.tier} tier`,
    ),
    delayMs: backoff(numbers, { spent: 0, timeScale: snapshot.timeScale, random }),
  };
}

function smallerSize({ last, snapshot }: Situation): Call | undefined {
  const sizes = snapshot.rungs[last.variation.rung]?.sizes ?? [];
  const current = last.variation.size ?? sizes[0];
  const size = current === undefined ? undefined : sizes[sizes.indexOf(current) + 1];
  if (size === undefined) return undefined;
  const why = `${last.classification.branch} proved at ${current}; the request allows ${size}`;
  return remedyCall({ ...last.variation, size }, 'smaller-size', `${current} → ${size}`, why);
}

function queue({ all, last, snapshot, numbers, now, random }: Situation): Call | undefined {
  if (numbers.queueMs === undefined) return undefined;
  const delayMs = queueDelay(numbers.queueMs, {
    remainingMs: snapshot.deadlineAt - now,
    attemptsLeft: snapshot.maxAttempts - all.length,
    timeScale: snapshot.timeScale,
    random,
  });
  return {
    kind: 'call',
    delayMs: Math.max(delayMs, heeded(last.classification.retryAfterMs) ?? 0),
    variation: last.variation,
    move: { kind: 'queued' },
    why: `${last.classification.branch} lasts; queued until it passes`,
  };
}

/** The reset is a calendar time that the activity computed and history holds (I8); never scaled. */
function waitForReset({ last, random, now }: Situation): Call | undefined {
  if (last.resetAt === undefined) return undefined;
  const spread = random * 30_000;
  return {
    kind: 'call',
    delayMs: Math.max(SHORTEST_WAIT_MS, Math.ceil(last.resetAt - now + spread)),
    variation: last.variation,
    move: { kind: 'queued' },
    why: 'the daily quota resets at midnight Pacific',
  };
}

function saferSettings({ last, snapshot }: Situation): Call | undefined {
  if (snapshot.permits?.looserSafety !== true || last.variation.safety !== undefined) return undefined;
  const why = `${last.classification.branch} proved; the request gives looser settings for it`;
  return remedyCall({ ...last.variation, safety: 'looser' }, 'safety-settings', 'as the request allows', why);
}

/** Only for files of ours: another's cannot be uploaded again. */
function reUpload(situation: Situation): Call | undefined {
  const { last, snapshot } = situation;
  const isOurs = snapshot.rungs[last.variation.rung]?.upload === true;
  if (!isOurs || last.classification.reason === 'not-ready' || used(situation.images, 're-upload') > 0)
    return undefined;
  return remedyCall(
    last.variation,
    're-upload',
    'inputs from the store',
    'the uploaded files are no good any more',
  );
}

/** The conversation goes out again, read anew from the store: a copy may have been altered on the way. */
function rebuild({ last, snapshot, trail }: Situation): Call | undefined {
  if (!sendsHistory(last, snapshot) || used(trail, 'rebuild') > 0) return undefined;
  const why = 'a thought signature was refused; the conversation is sent once more as it is stored';
  return remedyCall(last.variation, 'rebuild', 'read anew from the store', why);
}

function reseed({ last, snapshot }: Situation): Call | undefined {
  if (!sendsHistory(last, snapshot)) return undefined;
  const why = 'a thought signature was refused again; the conversation begins anew with its last image';
  return remedyCall({ ...last.variation, history: 'reseeded' }, 'reseed', 'history → its last image', why);
}

function sendsHistory({ variation }: Situation['last'], { rungs, permits }: PolicySnapshot): boolean {
  const reseeds = rungs[variation.rung]?.reseeds === true || variation.history === 'reseeded';
  return permits?.history === true && !reseeds;
}

/** Below it a batch, which may take a day, is no way out. */
const LEAST_TIME_FOR_A_BATCH_MS = 2 * 3_600_000;

export function isTimeForBatch(leftMs: number): boolean {
  return leftMs >= LEAST_TIME_FOR_A_BATCH_MS;
}

/** Batches have a quota of their own, and no time limit of a call. */
function batch({ images, last, snapshot, now }: Situation): Call | undefined {
  const { branch } = last.classification;
  const { variation } = last;
  const mayGo = snapshot.permits?.batch !== undefined && snapshot.rungs[variation.rung]?.batch !== undefined;
  const size = variation.size ?? snapshot.rungs[variation.rung]?.sizes[0];
  const helps = branch === 'quota-day' || (branch === 'timeout' && size === '4K');
  const isInTime = isTimeForBatch(snapshot.deadlineAt - now);
  if (!mayGo || !helps || !isInTime || variation.batch === true || used(images, 'batch') > 0)
    return undefined;
  const why = `${branch} proved; the request allows a batch`;
  return remedyCall({ ...variation, batch: true }, 'batch', 'live → batch', why);
}

function deleteFiles(situation: Situation): Call | Prepare | undefined {
  const { last, snapshot } = situation;
  // Generations of an earlier release have no such step in their history.
  if (snapshot.version === 1 || used(situation.images, 'delete-files') > 0) return undefined;
  const ready = prepared(situation, 'delete-files');
  if (ready === undefined) return prepare(situation, 'delete-files', 'the file storage is full');
  if (ready === 'failed') return undefined;
  return remedyCall(last.variation, 'delete-files', ready.change, 'there is room in the file storage again');
}

function smallerInputs(situation: Situation): Call | Prepare | undefined {
  const { last, snapshot } = situation;
  if (snapshot.permits?.smallerInputs !== true || last.variation.inputs !== undefined) return undefined;
  const why = `${last.classification.branch} proved; the request allows smaller inputs`;
  const ready = prepared(situation, 'smaller-inputs');
  if (ready === undefined) return prepare(situation, 'smaller-inputs', why);
  if (ready === 'failed') return undefined;
  return remedyCall({ ...last.variation, inputs: 'smaller' }, 'smaller-inputs', ready.change, why);
}

function simplify(situation: Situation): Call | Prepare | undefined {
  const { last, snapshot } = situation;
  if (snapshot.permits?.simplify !== true) return undefined;
  const why = `${last.classification.branch} proved; the request allows a simpler prompt`;
  const ready = preparedText(situation, 'simplify', why);
  if (ready === undefined || ready.kind === 'prepare') return ready;
  const next = ready.prompts[used(situation.trail, 'simplify')];
  if (next === undefined) return undefined;
  return remedyCall({ ...last.variation, prompt: next.prompt }, 'simplify', next.change, why);
}

/** With `ask`, the ready prompt is an option of the ask instead (see `ask.ts`). */
function rewrite(situation: Situation): Call | Prepare | undefined {
  const { last, snapshot } = situation;
  if (snapshot.permits?.rewrite === undefined || used(situation.trail, 'rewrite') > 0) return undefined;
  const why = `${last.classification.branch} proved; the request allows a rewritten prompt`;
  const ready = preparedText(situation, 'rewrite', why);
  if (ready === undefined || ready.kind === 'prepare') return ready;
  const [made] = ready.prompts;
  if (made === undefined || snapshot.permits.rewrite === 'ask') return undefined;
  return remedyCall({ ...last.variation, prompt: made.prompt }, 'rewrite', made.change, why);
}

type Ready<R extends PreparedRemedy> = Extract<Situation['preparations'][number], { remedy: R; ok: true }>;

function prepared<R extends PreparedRemedy>(
  { preparations }: Situation,
  remedy: R,
): Ready<R> | 'failed' | undefined {
  const ours = preparations.filter((each) => each.remedy === remedy);
  const ready = ours.find((each) => each.ok) as Ready<R> | undefined;
  if (ready !== undefined) return ready;
  const last = ours.at(-1);
  const mayTryAgain = ours.length === 1 && last?.ok === false && last.again === true;
  return last === undefined || mayTryAgain ? undefined : 'failed';
}

type Text = 'rewrite' | 'simplify';

function preparedText(
  situation: Situation,
  remedy: Text,
  why: string,
): (Ready<Text> & { readonly kind: 'ready' }) | Prepare | undefined {
  const ready = prepared(situation, remedy);
  if (ready === 'failed') return undefined;
  if (ready !== undefined) return { ...ready, kind: 'ready' };
  // The text call is paid for and counted too, and is worth nothing without the image call after it.
  if (situation.snapshot.text === undefined || !hasRoom(situation, 2)) return undefined;
  return prepare(situation, remedy, why);
}

/** At once; a second try waits as the branch that was in the way would. */
function prepare(
  { last, numbers, snapshot, preparations, random }: Situation,
  remedy: PreparedRemedy,
  why: string,
): Prepare {
  const isSecond = preparations.some((each) => each.remedy === remedy);
  const delayMs = isSecond
    ? backoff(
        {
          ...numbers,
          baseMs: Math.max(numbers.baseMs, SECOND_TRY_MS),
          capMs: Math.max(numbers.capMs, SECOND_TRY_MS),
        },
        { spent: 0, timeScale: snapshot.timeScale, random },
      )
    : 0;
  return { kind: 'prepare', delayMs, remedy, variation: last.variation, why };
}

const SECOND_TRY_MS = 30_000;

export const TREATMENTS: Readonly<Partial<Record<Remedy, Treatment>>> = {
  tier: { leavesPath: true, repeatsPath: false, apply: nextRung('tier') },
  'standard-tier': { leavesPath: true, repeatsPath: false, apply: standardTier },
  fallback: { leavesPath: true, repeatsPath: false, apply: nextRung('fallback') },
  endpoint: { leavesPath: true, repeatsPath: false, apply: nextRung('endpoint') },
  batch: { leavesPath: true, repeatsPath: false, apply: batch },
  'smaller-size': { leavesPath: true, repeatsPath: false, apply: smallerSize },
  'smaller-inputs': { leavesPath: true, repeatsPath: false, apply: smallerInputs },
  simplify: { leavesPath: true, repeatsPath: false, apply: simplify },
  rewrite: { leavesPath: true, repeatsPath: false, apply: rewrite },
  'safety-settings': { leavesPath: true, repeatsPath: false, apply: saferSettings },
  're-upload': { leavesPath: true, repeatsPath: false, apply: reUpload },
  'delete-files': { leavesPath: true, repeatsPath: false, apply: deleteFiles },
  rebuild: { leavesPath: true, repeatsPath: false, apply: rebuild },
  reseed: { leavesPath: true, repeatsPath: false, apply: reseed },
  queue: { leavesPath: false, repeatsPath: true, apply: queue },
  'wait-for-reset': { leavesPath: false, repeatsPath: true, apply: waitForReset },
};
