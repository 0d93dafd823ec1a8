/** What an activity is told of the attempt it is for. */
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Attempt, Variation } from '../src/domain/attempt.ts';
import { historyUse, pastOn, seedOf } from '../src/domain/conversation.ts';
import { isTooLargeInline } from '../src/domain/preflight.ts';
import type { Preparation } from '../src/domain/preparation.ts';
import type { StoredInput } from '../src/domain/request.ts';
import type { PolicySnapshot } from '../src/domain/snapshot.ts';
import type { Call } from '../src/policies/step.ts';
import { promptChangeOf } from './ends.ts';
import type { GenerationState } from './state.ts';

export function generateInput(
  state: GenerationState,
  { variation, move, insists }: Pick<Call, 'variation' | 'move' | 'insists'>,
): GenerateInput {
  const { requestDigest, rungs, callTimeoutMs } = state.snapshot as PolicySnapshot;
  const inputs = variation.inputs === 'smaller' ? smallerInputs(state.preparations) : state.inputs;
  const rung = state.rungOf(variation);
  const files = goesAsFiles(state, variation) ? state.files.get(filesKey(state, variation)) : undefined;
  const approval = rung.kind === 'route-out' ? state.approvals.get(variation.rung) : undefined;
  const promptChange = promptChangeOf(state, variation);
  return {
    generationId: state.id,
    n: state.nextN,
    startedAt: state.startedAt,
    request: state.request,
    snapshot: { requestDigest, rungs, callTimeoutMs },
    variation,
    move,
    before: state.attempts.map(verdictOf),
    ...(inputs === undefined ? {} : { inputs }),
    ...(files === undefined ? {} : { files }),
    ...(approval === undefined ? {} : { approval }),
    ...(promptChange === undefined ? {} : { promptChange }),
    ...(insists === undefined ? {} : { insists }),
    ...(state.traceparent === undefined ? {} : { traceparent: state.traceparent }),
  };
}

/** Files belong to one project; scaled-down inputs are other files, and so are those of another conversation. */
export function filesKey(state: GenerationState, variation: Variation): string {
  const rung = state.rungOf(variation);
  const use = historyUse(state.request.conversation, rung, variation);
  return [rung.route, variation.inputs ?? 'as given', use, rung.without ?? 0].join(' ');
}

export function goesAsFiles(state: GenerationState, variation: Variation): boolean {
  const rung = state.rungOf(variation);
  if (variation.inputs !== 'smaller') return rung.upload === true;
  const { conversation } = state.request;
  const inputs = [...seedOf(conversation, rung, variation), ...(smallerInputs(state.preparations) ?? [])];
  return isTooLargeInline(0, inputs, pastOn(conversation, rung, variation));
}

function smallerInputs(preparations: readonly Preparation[]): readonly StoredInput[] | undefined {
  const ready = preparations.find((each) => each.remedy === 'smaller-inputs' && each.ok);
  return ready?.remedy === 'smaller-inputs' && ready.ok ? ready.inputs : undefined;
}

/** `branch/reason`; `success` of a text call means a prompt, not an image. */
function verdictOf({ classification: c }: Attempt): string {
  return c === undefined ? 'success' : `${c.branch}/${c.reason}`;
}
