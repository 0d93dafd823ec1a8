/**
 * What a generation's webhooks are told of it: stuck, done, dead. Which ones there are is in the snapshot
 * that history keeps; where there is none, nothing of this leaves a trace.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { GenerationResult } from '../src/contract/generation.ts';
import type { MemoCause } from '../src/contract/names.ts';
import { UNNAMED_HOLD } from '../src/domain/route-stop.ts';
import type { Ask } from '../src/domain/ask.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { GenerationEventType, GenerationNews, NotificationEvent } from '../src/domain/notification.ts';
import type { NewsPlace } from '../src/domain/subscriber.ts';
import { isWanted } from '../src/domain/subscriber.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { End } from './ends.ts';
import type { GenerationState } from './state.ts';

/** Bytes of words in a message that may be read on a phone. */
const LONGEST_WORDS = 300;

interface Standing {
  readonly cause: MemoCause;
  readonly ask?: Ask;
  readonly phase: { readonly why: string; readonly until: number };
}

/** Once for each cause that stops it before its next call, however often it looks. */
export function tellStuck(state: GenerationState, { cause, ask, phase }: Standing): void {
  const { branch, reason, scope } = cause;
  // Not by the hold's id or its evidence: both come a moment after it began.
  const key = [state.nextN, branch, scope === undefined ? reason : `${scope.kind} ${scope.key}`].join(' ');
  if (state.stuckBy.includes(key)) return;
  state.stuckBy = [...state.stuckBy, key];
  const hold = cause.hold === UNNAMED_HOLD ? undefined : cause.hold;
  const { why, until } = phase;
  const last = state.last?.classification;
  const held = hold === undefined ? 'is held' : `is held by ${hold}`;
  const what = cause.hold === undefined ? 'asks a person' : held;
  tell(state, 'stuck', `${state.id} ${what}: ${branch}/${reason}`, `/${state.stuckBy.length}`, {
    ...{ branch, reason, why: words(why), until: new Date(until).toISOString() },
    ...(hold === undefined ? {} : { hold }),
    ...(ask === undefined
      ? {}
      : { choices: ask.options.map(({ choice }) => choice), evidence: ask.evidence }),
    ...(ask?.userAction === undefined ? {} : { userAction: ask.userAction }),
    // What its last call came to is not always what stops it now.
    ...(last?.branch === branch ? messageOf(state, last.message) : {}),
  });
}

export function tellServed(state: GenerationState, { images, model }: GenerationResult): void {
  const subject = `${state.id} is done: ${images.length} image${images.length === 1 ? '' : 's'} by ${model}`;
  tell(state, 'done', subject, '', { images });
}

export function tellDead(state: GenerationState, { classification, why }: End): void {
  const { branch, reason, userAction, message } = classification;
  const evidence = state.attempts.at(-1)?.evidence;
  tell(state, 'dead', `${state.id} is dead: ${branch}/${reason}`, '', {
    ...{ branch, reason, why: words(why), userAction },
    ...messageOf(state, message),
    ...(evidence === undefined ? {} : { evidence }),
  });
}

function tell(
  state: GenerationState,
  type: GenerationEventType,
  subject: string,
  suffix: string,
  more: Partial<GenerationNews>,
): void {
  const { id, request } = state;
  const place = placeOf(state);
  const to = state.notify
    .filter((each) => isWanted(each, type, place))
    .map(({ name }) => ({ webhook: name }));
  if (to.length === 0) return;
  // The first run's: the same after a reset, another one for each revival.
  const run = workflowInfo().firstExecutionRunId;
  const event: NotificationEvent = {
    id: `${type}/${run}${suffix}`,
    type,
    at: new Date(Date.now()).toISOString(),
    subject: words(subject),
    data: {
      generation: id,
      run,
      tags: request.tags,
      ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
      ...place,
      cost: totalCost(state.attempts),
      attempts: state.nextN - 1,
      ...more,
    },
  };
  state.news.announce([{ event, to }]);
}

/** Where it called last, else where it was to begin; absent where nobody knows. */
function placeOf({ last, snapshot, request }: GenerationState): NewsPlace | undefined {
  const at = last ?? snapshot?.rungs[0];
  if (at !== undefined) return { route: at.route, model: at.model };
  return request.model === undefined ? undefined : { model: request.model };
}

/** A provider may repeat what it was asked. */
function messageOf(
  { request }: GenerationState,
  message: string | undefined,
): Pick<GenerationNews, 'message'> {
  return message === undefined || request.hidePrompt ? {} : { message: words(message) };
}

function words(text: string): string {
  return shortText(text, LONGEST_WORDS);
}
