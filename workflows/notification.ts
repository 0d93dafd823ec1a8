/**
 * `geminiNotification`: brings one event to its webhooks, each by an activity of its own, so that one that
 * hangs holds up no other. Temporal retries what is away, for three days; what a webhook refuses is tried a
 * few times more, what is gone is not. What could not be brought ends it as failed, where people see it.
 */
import {
  ApplicationFailure,
  ActivityFailure,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import { FAILURES } from '../src/contract/names.ts';
import type {
  Addressee,
  NotificationActivities,
  NotificationInput,
  NotificationResult,
} from '../src/contract/notification.ts';
import type { NotificationEvent } from '../src/domain/notification.ts';
import { shortText } from '../src/domain/short-text.ts';

const GIVES_UP_AFTER_MS = 3 * 24 * 3_600_000;
/** After a refusal: as long as a deployment of the receiver may take. */
const AFTER_REFUSAL_MS = [60_000, 5 * 60_000, 15 * 60_000] as const;
/** More than the longest timeout that a webhook may have. */
const ATTEMPT = '2 min';
const LONGEST_WORDS = 1_000;

interface End {
  readonly webhook: string;
  /** Absent when it was delivered. */
  readonly why?: string;
}

export async function geminiNotification({ event, to }: NotificationInput): Promise<NotificationResult> {
  const ends = new Map<string, string>(to.map(({ webhook }) => [webhook, 'is being told']));
  const show = (): void => setCurrentDetails(detailsOf(event, ends));
  show();
  const all = await Promise.all(
    to.map(async (each) => {
      const end = await deliver(event, each);
      ends.set(end.webhook, end.why ?? 'delivered');
      show();
      return end;
    }),
  );
  const missed = all.filter(({ why }) => why !== undefined);
  if (missed.length > 0) throw undelivered(event, missed);
  return { delivered: all.map(({ webhook }) => webhook) };
}

async function deliver(event: NotificationEvent, { webhook, queue }: Addressee): Promise<End> {
  const until = Date.now() + GIVES_UP_AFTER_MS;
  for (let refusals = 0; ; refusals += 1) {
    const failed = await attempt(event, webhook, queue, Math.max(1_000, until - Date.now()));
    if (failed === undefined) return { webhook };
    const waitMs = failed.isRefusal ? AFTER_REFUSAL_MS[refusals] : undefined;
    if (waitMs === undefined || Date.now() + waitMs >= until) return { webhook, why: failed.why };
    await sleep(waitMs, { summary: `${webhook}: refused, tried again` });
  }
}

/** Undefined when it was delivered. */
async function attempt(
  event: NotificationEvent,
  webhook: string,
  queue: string | undefined,
  leftMs: number,
): Promise<{ readonly why: string; readonly isRefusal: boolean } | undefined> {
  const activities = proxyActivities<NotificationActivities>({
    summary: `${event.type} to ${webhook}`,
    startToCloseTimeout: ATTEMPT,
    scheduleToCloseTimeout: leftMs,
    ...(queue === undefined ? {} : { taskQueue: queue }),
    retry: { initialInterval: '5 s', backoffCoefficient: 2, maximumInterval: '15 min' },
  });
  try {
    await activities['gemini.notify']({ webhook, event });
    return undefined;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    const isRefusal = cause instanceof ApplicationFailure && cause.type === FAILURES.webhookRefused;
    return { why: wordsOf(cause), isRefusal };
  }
}

/** Of a time-out: what the last attempt came to. */
function wordsOf(cause: Error | undefined): string {
  const { cause: before } = (cause ?? {}) as { readonly cause?: Error };
  const words = before === undefined ? cause?.message : `given up after 3 days: ${before.message}`;
  return shortText(words ?? 'it failed', LONGEST_WORDS);
}

function undelivered({ type, id }: NotificationEvent, missed: readonly End[]): ApplicationFailure {
  const words = missed.map(({ webhook, why }) => `${webhook}: ${why ?? ''}`).join('; ');
  const failure = ApplicationFailure.create({
    message: shortText(`${type} ${id} was not delivered to ${words}`, LONGEST_WORDS),
    type: FAILURES.undelivered,
    nonRetryable: true,
  });
  failure.stack = '';
  return failure;
}

function detailsOf({ type, subject, at, id }: NotificationEvent, ends: ReadonlyMap<string, string>): string {
  const plain = (text: string): string => text.replaceAll(/[\r\n`*_<>|#[\]]/g, ' ');
  const lines = [...ends].map(([webhook, how]) => `- ${webhook}: ${plain(how)}`);
  return [`**${type}** of ${at}: ${plain(subject)}`, '', ...lines, '', `Event \`${id}\``].join('\n');
}
