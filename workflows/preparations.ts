/**
 * What is readied beside a call: the inputs from their URLs, files in the provider's storage, and what a
 * remedy needs (a prompt by a text model, smaller inputs, room in the storage). Failures are values: a
 * remedy that could not be readied is one the policies go on without.
 */
import type { GenerateInput, GenerationActivities } from '../src/contract/generation.ts';
import type { Preparation, PreparedRemedy } from '../src/domain/preparation.ts';
import type { FailedAttempt } from '../src/domain/attempt.ts';
import { isStopBranch } from '../src/domain/branch.ts';
import { FILE_MARGIN_MS, filesEnd } from '../src/domain/request.ts';
import type { Call, Prepare } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { preparing } from './activity-options.ts';
import type { Called } from './calls.ts';
import { callUntilVerdict, keep, lookAgain, record } from './calls.ts';
import { Ended, refused } from './ends.ts';
import { filesKey, generateInput, goesAsFiles } from './generate-input.ts';
import type { GenerationState } from './state.ts';
import { waitForSlot } from './turn.ts';

/** A text model answers within seconds; a slow one is as good as none. */
const TEXT_TIMEOUT_MS = 60_000;
/** The text model's quota is its own: a remedy that must wait longer for it is one to go on without. */
const LONGEST_TEXT_WAIT_MS = 60_000;

export async function fetchInputs(state: GenerationState): Promise<void> {
  const { request } = state;
  if (!request.inputs.some(({ kind }) => kind === 'url')) return;
  state.enter({ phase: 'fetching-inputs' });
  for (;;) {
    try {
      state.inputs = await preparing('fetch input images from their URLs')['gemini.fetchInputs']({ request });
      return;
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'cancelled') throw error;
      if (outcome.kind === 'invalid') throw new Ended(refused(outcome.problems));
      const why = outcome.kind === 'again' ? outcome.why : outcome.kind;
      await lookAgain(state, 0, why, { phase: 'fetching-inputs', why });
    }
  }
}

/**
 * Sees to it that the inputs lie in the storage of the rung's project where they are too large to travel
 * in the request. An upload that fails is an attempt like any other: its branch decides what follows.
 */
export async function upload(
  state: GenerationState,
  call: Call,
): Promise<Exclude<Called<undefined>, { kind: 'wait' | 'held' }>> {
  const { variation } = call;
  const rung = state.rungOf(variation);
  if (!goesAsFiles(state, variation)) return { kind: 'given', given: undefined };
  const key = filesKey(state, variation);
  const isReUpload = call.move.kind === 'remedy' && call.move.remedy === 're-upload';
  // Once for this attempt, however often it waits for its slot.
  const again = isReUpload && state.series.get(key) !== state.nextN;
  // From here on the old ones are not used, whatever becomes of the upload.
  if (again) {
    state.files.delete(key);
    state.series.delete(key);
  }
  const there = state.files.get(key) ?? [];
  const end = filesEnd(there);
  if (end - FILE_MARGIN_MS > Date.now()) return { kind: 'given', given: undefined };
  if (end > 0) state.series.delete(key);
  const input = generateInput(state, call);
  const series = state.series.get(key) ?? input.n;
  state.series.set(key, series);
  const why = again ? 'the files are no good any more' : 'the inputs are too large for one request';
  for (;;) {
    state.enter({ phase: 'uploading', n: input.n, why });
    try {
      const summary = `upload inputs to ${rung.route}: ${why}`;
      state.files.set(key, await preparing(summary)['gemini.upload']({ ...input, series }));
      return { kind: 'given', given: undefined };
    } catch (error) {
      const outcome = activityOutcome(error);
      if (outcome.kind === 'attempt') return await record(state, outcome.attempt);
      if (outcome.kind === 'invalid') return { kind: 'invalid', problems: outcome.problems };
      if (outcome.kind === 'cancelled') throw error;
      const away = outcome.kind === 'again' ? outcome.why : outcome.kind;
      await lookAgain(state, input.n, away, { phase: 'uploading', n: input.n, why: away });
    }
  }
}

/** Readies a remedy; what came of it is in `state.preparations` afterwards. */
export async function prepare(state: GenerationState, step: Prepare): Promise<void> {
  const preparation =
    step.remedy === 'rewrite' || step.remedy === 'simplify'
      ? await makePrompt(state, step, step.remedy)
      : await readyInputs(state, step, step.remedy);
  state.preparations = [...state.preparations, preparation];
}

async function readyInputs(
  state: GenerationState,
  { variation, why }: Prepare,
  remedy: 'smaller-inputs' | 'delete-files',
): Promise<Preparation> {
  state.enter({ phase: 'preparing', remedy, why });
  const input = generateInput(state, { variation, move: { kind: 'prepare', remedy } });
  const activities: GenerationActivities = preparing(`${remedy}: ${why}`);
  try {
    return remedy === 'smaller-inputs'
      ? await activities['gemini.shrinkInputs'](input)
      : await activities['gemini.deleteFiles'](input);
  } catch (error) {
    return failure(remedy, error);
  }
}

async function makePrompt(
  state: GenerationState,
  step: Prepare,
  remedy: 'rewrite' | 'simplify',
): Promise<Preparation> {
  const { text } = state.snapshot ?? {};
  if (text === undefined) return { remedy, ok: false, why: 'no text model is configured' };
  const move = { kind: 'prepare', remedy } as const;
  const { branch, reason } = (state.last as FailedAttempt).classification;
  const base: GenerateInput = generateInput(state, { variation: step.variation, move });
  const input = { ...base, remedy, text, against: { branch, reason } };
  state.enter({ phase: 'rewriting', remedy, why: step.why });
  for (;;) {
    const called = await callUntilVerdict(state, input, {
      summary: `call ${input.n}: ${text.model}, ${remedy} the prompt against ${branch}`,
      model: text.model,
      callTimeoutMs: TEXT_TIMEOUT_MS,
      run: (activities, given) => activities['gemini.makePrompt'](given),
    });
    switch (called.kind) {
      case 'given':
        keep(state, called.given.attempt);
        return called.given.preparation;
      case 'wait': {
        const { ms, why } = called.wait;
        if (ms > LONGEST_TEXT_WAIT_MS || Date.now() + ms >= state.deadlineAt) {
          return { remedy, ok: false, why: `no turn at the text model: ${why}` };
        }
        await waitForSlot(state, called.wait);
        break;
      }
      case 'held':
        return { remedy, ok: false, why: `the text model is held: ${called.held.why}` };
      case 'invalid':
      case 'decided':
        return { remedy, ok: false, why: 'the prompt cannot be sent to a text model' };
      case 'recorded': {
        const { branch: met, reason: how } = (state.attempts.at(-1) as FailedAttempt).classification;
        const again = isStopBranch(met) ? {} : { again: true as const };
        return { remedy, ok: false, why: `${met}/${how}`, ...again };
      }
    }
  }
}

function failure(remedy: PreparedRemedy, error: unknown): Preparation {
  const outcome = activityOutcome(error);
  if (outcome.kind === 'cancelled') throw error;
  return { remedy, ok: false, why: outcome.kind === 'again' ? outcome.why : outcome.kind };
}
