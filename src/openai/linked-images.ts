/**
 * Images that an answer only links to, fetched within the same call and put into its body, so that what is
 * stored is whole: links expire within the hour. The call was billed when it was answered; so a link that
 * leads nowhere becomes `fetch_error` beside it, which the classifier reads, and never a call that failed.
 *
 * - `data[].url` gets `b64_json` beside it;
 * - `message.images[].image_url.url`, also in a list of contents, becomes a data URL;
 * - images inside a message's text (data URLs, Markdown's `![](https://…)`) move to `message.images`.
 *
 * A body without any of these is kept byte for byte.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { FetchUrlOptions } from '../artifacts/fetch-url.ts';
import { fetchUrl, printableUrl } from '../artifacts/fetch-url.ts';
import { InputProblem } from '../artifacts/input-problem.ts';
import type { CallRecord } from '../gemini/port.ts';
import type { Redactor } from '../gemini/redactor.ts';

/** More than any answer to `n: 1` has. */
const MOST_LINKS = 4;
const LARGEST_BYTES = 64 * 1024 * 1024;
/** What was paid for is asked for again: a CDN may be slower than the answer that names it. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 1_000;

const LINK = /^https?:\/\//i;
/** In the text of a message. */
const EMBEDDED =
  /!\[[^\]]{0,200}\]\(\s*(data:image\/[\w.+-]+;base64,[\w+/=]+|https?:\/\/[^\s)]+)[^)]{0,200}\)|(data:image\/[\w.+-]+;base64,[\w+/=]+)/g;

export interface LinkOptions {
  readonly redactor: Redactor;
  readonly allowPrivateAddresses: NonNullable<FetchUrlOptions['allowPrivateAddresses']>;
  /** For all links together. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

type Json = Record<string, unknown>;

/** Never rejects. */
export async function withLinkedImages(record: CallRecord, options: LinkOptions): Promise<CallRecord> {
  const { outcome } = record;
  if (outcome.kind !== 'answer' || outcome.status !== 200) return record;
  const body = parsed(outcome.body);
  if (body === undefined) return record;
  const hasMoved = listOf(body['choices']).some((choice) => moveEmbedded(choice['message']));
  const links = [...linksOf(body)];
  if (!hasMoved && links.length === 0) return record;

  const started = performance.now();
  const deadline = AbortSignal.timeout(options.deadlineMs);
  const stop = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  await Promise.all(links.slice(0, MOST_LINKS).map((link) => follow(link, options, stop)));
  const whole = Buffer.from(JSON.stringify(body));
  return {
    ...record,
    outcome: { ...outcome, body: whole },
    tookMs: record.tookMs + Math.round(performance.now() - started),
  };
}

interface Link {
  readonly url: string;
  /** Where a failure is noted. */
  readonly beside: Json;
  readonly put: (base64: string, mime: string) => void;
}

function* linksOf(body: Json): Generator<Link> {
  for (const item of listOf(body['data'])) {
    const { url } = item;
    if (typeof item['b64_json'] === 'string' || typeof url !== 'string' || !LINK.test(url)) continue;
    yield { url, beside: item, put: (base64) => void (item['b64_json'] = base64) };
  }
  for (const { message } of listOf(body['choices'])) {
    if (!isRecord(message)) continue;
    for (const item of [...listOf(message['images']), ...listOf(message['content'])]) {
      const image = isRecord(item['image_url']) ? item['image_url'] : { url: item['image_url'] };
      const { url } = image;
      if (typeof url !== 'string' || !LINK.test(url)) continue;
      const put = (base64: string, mime: string) => {
        item['fetched_from'] = printableUrl(url);
        item['image_url'] = { ...image, url: `data:${mime};base64,${base64}` };
      };
      yield { url, beside: item, put };
    }
  }
}

/** Whether there were any; only where the message has no images of its own. */
function moveEmbedded(message: unknown): boolean {
  if (!isRecord(message) || listOf(message['images']).length > 0) return false;
  const { content } = message;
  if (typeof content !== 'string') return false;
  const found: string[] = [];
  const rest = content.replace(EMBEDDED, (_, marked?: string, bare?: string) => {
    found.push(marked ?? bare ?? '');
    return '';
  });
  if (found.length === 0) return false;
  message['content'] = rest.trim();
  message['images'] = found.map((url) => ({ type: 'image_url', image_url: { url } }));
  return true;
}

async function follow({ url, beside, put }: Link, options: LinkOptions, stop: AbortSignal): Promise<void> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      const { bytes, mime = 'image/png' } = await fetchUrl(url, {
        ...{ field: 'image', maxBytes: LARGEST_BYTES, signal: stop, deadlineMs: options.deadlineMs },
        allowPrivateAddresses: options.allowPrivateAddresses,
      });
      put(Buffer.from(bytes).toString('base64'), mime);
      return;
    } catch (error) {
      const isWorth = error instanceof InputProblem && error.retryable && left > 0 && !stop.aborted;
      if (!isWorth) {
        beside['fetch_error'] = options.redactor.text(whyNot(error, url, stop));
        return;
      }
      await pause(BETWEEN_TRIES_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

function whyNot(error: unknown, url: string, stop: AbortSignal): string {
  const where = `the image was made, and its link ${printableUrl(url)}`;
  if (stop.aborted) return `${where} did not answer before the call's end`;
  if (error instanceof InputProblem) return `${where} ${error.problem}`;
  return `${where} could not be read: ${error instanceof Error ? error.message : String(error)}`;
}

function parsed(body: Uint8Array): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
