/**
 * `gemini.notify`: one try to bring an event to a webhook. What it came to is a failure that Temporal
 * retries (away), that the notification retries a few times (refused), or that nobody retries (gone).
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Delivered, DeliverInput } from '../src/contract/notification.ts';
import { FAILURES } from '../src/contract/names.ts';
import type { GenerationRequest } from '../src/domain/request.ts';
import type { Subscriber } from '../src/domain/subscriber.ts';
import { GENERATION_EVENTS } from '../src/domain/notification.ts';
import { Gate } from '../src/webhooks/gate.ts';
import { withLink } from '../src/webhooks/links.ts';
import type { Posted } from '../src/webhooks/post.ts';
import { postEvent } from '../src/webhooks/post.ts';
import type { Webhooks } from '../src/webhooks/settings.ts';
import type { ActivityDeps } from './deps.ts';

const LONGEST_PAUSE_FOR_A_PLACE_MS = 60_000;

/** One for each set of activities: what is counted is this process's. */
export function createNotify(deps: ActivityDeps): (input: DeliverInput) => Promise<Delivered> {
  const gate = new Gate();
  return async ({ webhook: name, event }) => {
    const { info } = Context.current();
    const { all, consoleUrl } = deps.webhooks ?? { all: [] };
    const webhook = all.find((each) => each.name === name);
    if (webhook === undefined) {
      const known = all.map((each) => each.name).join(', ');
      throw away(
        `this worker has no webhook ${name}${known === '' ? '' : `, only ${known}`}: configure it, or terminate this notification`,
      );
    }
    // Redacted again where the secrets are known: of another worker's keys the workflow knew nothing.
    const told = withLink(deps.redactor.json(event), consoleUrl);
    const posted = await gate.through(name, () => postEvent(webhook, told));
    return answerOf(name, posted, info.attempt);
  };
}

function answerOf(name: string, posted: Posted | undefined, attempt: number): Delivered {
  if (posted === undefined) {
    const pauseMs = Math.min(1_000 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_FOR_A_PLACE_MS);
    throw away(`${name} is slow: as many deliveries are on their way as may be`, spread(pauseMs));
  }
  switch (posted.kind) {
    case 'taken':
      return { status: posted.status, tookMs: posted.tookMs };
    case 'later':
      throw away(`${name}: ${posted.why}`, posted.retryAfterMs);
    case 'refused':
      throw final(FAILURES.webhookRefused, `${name}: ${posted.why}`);
    case 'gone':
      throw final(FAILURES.webhookGone, `${name}: ${posted.why}`);
  }
}

/** Many that wait for a place must not come back at once. */
function spread(ms: number): number {
  return Math.round(ms * (0.5 + Math.random()));
}

function away(message: string, nextRetryDelay?: number): ApplicationFailure {
  const failure = ApplicationFailure.create({
    message,
    type: FAILURES.webhook,
    ...(nextRetryDelay === undefined ? {} : { nextRetryDelay: Math.max(1_000, nextRetryDelay) }),
  });
  failure.stack = '';
  return failure;
}

function final(type: string, message: string): ApplicationFailure {
  const failure = ApplicationFailure.create({ message, type, nonRetryable: true });
  failure.stack = '';
  return failure;
}

/** Webhooks that a generation's events may go to, for its snapshot; absent where there is none. */
export function subscribersOf(
  webhooks: Webhooks | undefined,
  { tags }: Pick<GenerationRequest, 'tags'>,
): { readonly notify?: readonly Subscriber[] } {
  const notify = (webhooks?.all ?? []).flatMap(
    ({ name, events, routes, tags: wanted }): readonly Subscriber[] => {
      const own = GENERATION_EVENTS.filter((type) => events.includes(type));
      const isTagged = wanted === undefined || wanted.some((tag) => tags.includes(tag));
      if (own.length === 0 || !isTagged) return [];
      return [{ name, events: own, ...(routes === undefined ? {} : { routes }) }];
    },
  );
  return notify.length === 0 ? {} : { notify };
}
