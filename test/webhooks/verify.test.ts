/** What is signed is taken, whatever it is; what was changed, is old or is not ours is refused, and says why. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { EVENT_TYPES } from '../../src/domain/notification.ts';
import { secretKeys } from '../../src/webhooks/secret.ts';
import { signatureBytes, signedHeaders } from '../../src/webhooks/sign.ts';
import type { VerifyWebhookOptions } from '../../src/webhooks/verify.ts';
import { verifyWebhook, WebhookRefused } from '../../src/webhooks/verify.ts';

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another-secret-of-thirty-two-byt').toString('base64')}`;

const seconds = (): number => Math.floor(Date.now() / 1_000);

function event(id = 'test/1', by = 'ann'): NotificationEvent {
  return { id, type: 'test', at: new Date().toISOString(), subject: 'a test', data: { by } };
}

function signed(
  told: NotificationEvent,
  { secret = SECRET, timestamp = seconds() }: { secret?: string; timestamp?: number } = {},
): Pick<VerifyWebhookOptions, 'headers' | 'body'> {
  const body = JSON.stringify(told);
  return { body, headers: signedHeaders({ id: told.id, timestamp, body }, secretKeys(secret, 'secret')) };
}

function problemOf(options: VerifyWebhookOptions): string {
  try {
    verifyWebhook(options);
  } catch (error) {
    if (error instanceof WebhookRefused) return error.problem;
    throw error;
  }
  return 'none';
}

const ids = fc.string({ unit: fc.constantFrom(...'abz019-_/:%'), minLength: 1, maxLength: 60 });

describe('what is signed', () => {
  it('is taken and read, whatever its id and its words are', () => {
    fc.assert(
      fc.property(ids, fc.string({ unit: 'binary' }), (id, by) => {
        const told = event(id, by);
        expect(verifyWebhook({ ...signed(told), secret: SECRET })).toEqual(JSON.parse(JSON.stringify(told)));
      }),
    );
  });

  it('is refused once a byte of it is another one, or its id or time is', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('body', 'id', 'time'),
        (at, by, what) => {
          const { headers, body } = signed(event());
          const bytes = Buffer.from(body as string);
          const plain = { ...(headers as Record<string, string>) };
          if (what === 'body')
            bytes.writeUInt8((bytes.readUInt8(at % bytes.length) + by) % 256, at % bytes.length);
          if (what === 'id') plain['webhook-id'] += String.fromCharCode(97 + (by % 26));
          if (what === 'time') plain['webhook-timestamp'] = String(Number(plain['webhook-timestamp']) + by);
          expect(problemOf({ headers: plain, body: bytes, secret: SECRET })).toBe('signature');
        },
      ),
    );
  });

  it('is taken by who knows either secret while one is being replaced, and by nobody else', () => {
    const { headers, body } = signed(event(), { secret: `${OTHER} ${SECRET}` });
    for (const secret of [SECRET, OTHER, `${OTHER} ${SECRET}`, [SECRET, OTHER]])
      expect(verifyWebhook({ headers, body, secret }).type).toBe('test');
    expect(problemOf({ headers, body, secret: 'a-third-secret-that-is-long-enough' })).toBe('signature');
    expect(verifyWebhook({ ...signed(event(), { secret: OTHER }), secret: [SECRET, OTHER] }).id).toBe(
      'test/1',
    );
  });

  it('is signed as the specification signs its own example', () => {
    const [key] = secretKeys('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'secret');
    const example = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    expect(signatureBytes(example, key as Uint8Array).toString('base64')).toBe(
      'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('is read from the headers of a Request and of Node, whatever their case', () => {
    const { headers, body } = signed(event());
    const plain = headers as Record<string, string>;
    const upper = Object.fromEntries(
      Object.entries(plain).map(([name, value]) => [name.toUpperCase(), value]),
    );
    for (const each of [plain, upper, new Headers(plain)])
      expect(verifyWebhook({ headers: each, body, secret: SECRET }).id).toBe('test/1');
  });
});

describe('what is refused', () => {
  it.each([
    ['too-old', -301],
    ['too-new', 301],
  ])('%s: by its own time, which the signature covers', (problem, ahead) => {
    const late = signed(event(), { timestamp: seconds() + ahead });
    expect(problemOf({ ...late, secret: SECRET })).toBe(problem);
    expect(problemOf({ ...late, secret: SECRET, toleranceMs: 3_600_000 })).toBe('none');
    // Who has no secret learns nothing of this clock.
    expect(problemOf({ ...late, secret: OTHER })).toBe('signature');
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s, which it names', (name) => {
    const { headers, body } = signed(event());
    const { [name]: _gone, ...rest } = headers as Record<string, string>;
    expect(problemOf({ headers: rest, body, secret: SECRET })).toBe('header');
    expect(() => verifyWebhook({ headers: rest, body, secret: SECRET })).toThrow(name);
  });

  it('a time that is none, and signatures of other versions or of nothing', () => {
    const { headers, body } = signed(event());
    const given = { ...(headers as Record<string, string>) };
    const signature = given['webhook-signature'] as string;
    const time = given['webhook-timestamp'] as string;
    for (const bad of ['soon', '-5', '1e9', '', `${time}.0`])
      expect(['timestamp', 'header']).toContain(
        problemOf({ headers: { ...given, 'webhook-timestamp': bad }, body, secret: SECRET }),
      );
    for (const bad of [signature.replace('v1,', 'v2,'), signature.slice(3), 'v1,', 'v1', ','])
      expect(problemOf({ headers: { ...given, 'webhook-signature': bad }, body, secret: SECRET })).toBe(
        'signature',
      );
  });

  it.each([
    ['no JSON', 'hello'],
    ['no event', '{"id":"test/1"}'],
    ['another id than its header', JSON.stringify(event('test/2'))],
    ['a known type in another shape', JSON.stringify({ ...event(), type: 'done', data: {} })],
  ])('a signed body that is %s', (_, body) => {
    const headers = signedHeaders({ id: 'test/1', timestamp: seconds(), body }, secretKeys(SECRET, 'secret'));
    expect(problemOf({ headers, body, secret: SECRET })).toBe('body');
  });

  it('a secret that cannot be one, without repeating it', () => {
    const given = signed(event());
    for (const secret of ['', 'short', 'whsec_short', 'whsec_not base64!!', []])
      expect(() => verifyWebhook({ ...given, secret })).toThrow(/secret/);
    expect(() => verifyWebhook({ ...given, secret: 'my-little-secret' })).not.toThrow(/my-little-secret/);
  });
});

it('a later release may tell of what this one does not know', () => {
  const later = { ...event(), type: 'moon-landed', data: { craters: 3 }, more: true };
  const body = JSON.stringify(later);
  const headers = signedHeaders({ id: later.id, timestamp: seconds(), body }, secretKeys(SECRET, 'secret'));
  const known: readonly string[] = EVENT_TYPES;
  expect(known).not.toContain(later.type);
  expect(verifyWebhook({ headers, body, secret: SECRET })).toEqual(later);
});
