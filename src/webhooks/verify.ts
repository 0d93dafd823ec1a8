/** The receiver's side: whether a request is ours, of now and unchanged, and what it says. */
import { timingSafeEqual } from 'node:crypto';
import type { NotificationEvent } from '../domain/notification.ts';
import { notificationSchema } from '../schema/notification.ts';
import { secretKeys } from './secret.ts';
import { HEADERS, signatureBytes, VERSION } from './sign.ts';

/** Of a `Request` or of Node's `IncomingMessage`. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  readonly headers: WebhookHeaders;
  /** As it was received: parsed and written again it may differ. */
  readonly body: string | Uint8Array;
  /** `whsec_…`; several, or separated by spaces, while one is being replaced. */
  readonly secret: string | readonly string[];
  /** How far the sender's clock may be from ours. @default 300000 */
  readonly toleranceMs?: number;
}

export type WebhookProblem = 'header' | 'timestamp' | 'too-old' | 'too-new' | 'signature' | 'body';

/** Not ours, not of now, or not what was signed: answer 400, and do nothing. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused' as const;
  readonly problem: WebhookProblem;

  constructor(problem: WebhookProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

const TOLERANCE_MS = 5 * 60_000;
const LONGEST_TIMESTAMP = 12;

/**
 * Gives the event of a request that one of the secrets has signed, in constant time. The same event may come
 * twice, also long after it was taken: its `id` says so. Throws {@link WebhookRefused}, and a TypeError for a
 * secret that cannot be one.
 *
 * @example const event = verifyWebhook({ headers: request.headers, body, secret: process.env.WEBHOOK_SECRET });
 */
export function verifyWebhook({
  headers,
  body,
  secret,
  toleranceMs = TOLERANCE_MS,
}: VerifyWebhookOptions): NotificationEvent {
  const keys = secretKeys(secret, 'secret');
  const id = header(headers, HEADERS.id);
  const timestamp = secondsOf(header(headers, HEADERS.timestamp));
  const given = signaturesOf(header(headers, HEADERS.signature));
  // Every key against every signature, whatever came of the ones before.
  const matches = keys.flatMap((key) => {
    const expected = signatureBytes({ id, timestamp, body }, key);
    return given.map((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
  if (!matches.includes(true)) {
    throw new WebhookRefused(
      'signature',
      `${HEADERS.signature} is of none of the secrets: compare secret and sender's, and verify the body as it came`,
    );
  }
  // Told apart only of what is ours: strangers learn nothing of our clock.
  inTime(timestamp, toleranceMs);
  return eventOf(body, id);
}

function header(headers: WebhookHeaders, name: string): string {
  const found = typeof headers.get === 'function' ? headers.get(name) : plainHeader(headers as Plain, name);
  if (typeof found === 'string' && found !== '') return found;
  throw new WebhookRefused(
    'header',
    `the header ${name} is missing: it is no webhook of ours, or a proxy took it`,
  );
}

type Plain = Readonly<Record<string, string | readonly string[] | undefined>>;

function plainHeader(headers: Plain, name: string): string | undefined {
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : value?.join(' ');
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && text.length <= LONGEST_TIMESTAMP) return seconds;
  throw new WebhookRefused('timestamp', `${HEADERS.timestamp} is no number of seconds`);
}

function signaturesOf(text: string): readonly Buffer[] {
  return text
    .split(' ')
    .map((each) => each.split(','))
    .flatMap(([version, base64 = '']) => (version === VERSION ? [Buffer.from(base64, 'base64')] : []));
}

function inTime(timestamp: number, toleranceMs: number): void {
  const age = Date.now() - timestamp * 1_000;
  if (Math.abs(age) <= toleranceMs) return;
  const far = `${Math.round(Math.abs(age) / 1_000)} s ${age > 0 ? 'old' : 'ahead of this clock'}`;
  const words = `it was signed ${far}, more than ${toleranceMs / 1_000} s: it is a repetition, or one of the clocks is wrong`;
  throw new WebhookRefused(age > 0 ? 'too-old' : 'too-new', words);
}

function eventOf(body: string | Uint8Array, id: string): NotificationEvent {
  let json: unknown;
  try {
    json = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch {
    throw new WebhookRefused('body', 'the body is signed and is not JSON');
  }
  const parsed = notificationSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map(String).join('.') ?? '';
    throw new WebhookRefused('body', `the body is signed and is no event: ${where} ${issue?.message ?? ''}`);
  }
  if (parsed.data.id === id) return parsed.data;
  throw new WebhookRefused('body', `the body's id is not that of the header ${HEADERS.id}`);
}
