/**
 * One signed request to a webhook. Where it goes is its operator's own configuration, private networks
 * included; what comes back is trusted in nothing: redirects are not followed, the answer's body is read to a
 * bound, kept nowhere, and one deadline is over all of it. Never rejects.
 */
import { request } from 'undici';
import type { NotificationEvent } from '../domain/notification.ts';
import type { Webhook } from './settings.ts';
import { signedHeaders } from './sign.ts';

export type Posted =
  | { readonly kind: 'taken'; readonly status: number; readonly tookMs: number }
  /** It asks for another try: `retryAfterMs` where it says when. */
  | {
      readonly kind: 'later';
      readonly why: string;
      readonly tookMs: number;
      readonly status?: number;
      readonly retryAfterMs?: number;
    }
  /** It does not want this: a mistake of its configuration or ours. */
  | { readonly kind: 'refused'; readonly why: string; readonly tookMs: number; readonly status: number }
  | { readonly kind: 'gone'; readonly why: string; readonly tookMs: number; readonly status: number };

/** Beyond this an answer is cut off: nobody reads it. */
const MOST_BODY_BYTES = 64 * 1024;
/** A receiver that asks for a longer pause is asked again after this. */
const LONGEST_PAUSE_MS = 3_600_000;
const REFUSALS_THAT_PASS: readonly number[] = [408, 409, 425, 429];

export async function postEvent(
  webhook: Pick<Webhook, 'url' | 'keys' | 'timeoutMs'>,
  event: NotificationEvent,
  signal?: AbortSignal,
): Promise<Posted> {
  const { url, keys, timeoutMs } = webhook;
  const startedAt = Date.now();
  const took = (): number => Date.now() - startedAt;
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const body = JSON.stringify(event);
  const timestamp = Math.floor(startedAt / 1_000);
  const { host } = new URL(url);
  try {
    const {
      statusCode: status,
      headers,
      body: answer,
    } = await request(url, {
      method: 'POST',
      signal: stop,
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'temporal-gemini-images',
        'accept-encoding': 'identity',
        ...signedHeaders({ id: event.id, timestamp, body }, keys),
      },
    });
    // The status is the answer; a body that does not end is let go at the deadline.
    await answer.dump({ limit: MOST_BODY_BYTES, signal: stop }).catch(() => undefined);
    return judged({ status, host, tookMs: took(), retryAfter: headers['retry-after'] });
  } catch (error) {
    const why = deadline.aborted
      ? `${host} did not answer within ${timeoutMs / 1_000} s`
      : `${host} cannot be reached (${codeOf(error)})`;
    return { kind: 'later', why, tookMs: took() };
  }
}

interface Answered {
  readonly status: number;
  readonly host: string;
  readonly tookMs: number;
  readonly retryAfter: string | string[] | undefined;
}

function judged({ status, host, tookMs, retryAfter }: Answered): Posted {
  const why = `${host} answered with status ${status}`;
  if (status >= 200 && status < 300) return { kind: 'taken', status, tookMs };
  if (status >= 300 && status < 400) {
    const redirect = `${why}: redirects are never followed, give the address that it leads to`;
    return { kind: 'refused', why: redirect, status, tookMs };
  }
  if (status === 410) return { kind: 'gone', why: `${why}: it wants no more events`, status, tookMs };
  if (status >= 400 && status < 500 && !REFUSALS_THAT_PASS.includes(status))
    return { kind: 'refused', why, status, tookMs };
  const pause = status === 429 || status === 503 ? pauseOf(retryAfter) : undefined;
  return { kind: 'later', why, status, tookMs, ...(pause === undefined ? {} : { retryAfterMs: pause }) };
}

/** Seconds or a date; what is neither loses the pause, not the retry. */
function pauseOf(header: string | string[] | undefined): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_PAUSE_MS);
}

function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}
