/** One request over real HTTP, and what each answer comes to. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { freePort } from '../../src/dev/ports.ts';
import { withLink } from '../../src/webhooks/links.ts';
import type { Posted } from '../../src/webhooks/post.ts';
import { postEvent } from '../../src/webhooks/post.ts';
import { webhooksOf } from '../../src/webhooks/settings.ts';
import type { Answer, Receiver } from '../support/webhook-receiver.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const SECRET = 'a-secret-that-is-long-enough-to-sign';
const EVENT: NotificationEvent = {
  id: 'test/1',
  type: 'test',
  at: '2026-11-28T00:00:00.000Z',
  subject: 'a test',
  data: { by: 'ann' },
};

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
});

async function post(answer: Answer, more: { url?: string; timeoutMs?: number } = {}): Promise<Posted> {
  receiver.answer = answer;
  const settings = { name: 'ops', url: receiver.url, secret: SECRET, timeoutMs: 60_000, ...more };
  const [webhook] = webhooksOf({ webhooks: [settings] }).all;
  if (webhook === undefined) throw new Error('no webhook was configured');
  return await postEvent(webhook, EVENT);
}

describe('an answer', () => {
  it('of 2xx takes the event, which came signed and as JSON', async () => {
    expect(await post(202)).toMatchObject({ kind: 'taken', status: 202 });
    expect(receiver.events(SECRET)).toEqual([EVENT]);
    expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
  });

  it.each([301, 302, 307, 308])(
    'of %i is a refusal that says so, and is followed nowhere',
    async (status) => {
      const posted = await post((response) =>
        response.writeHead(status, { location: `${receiver.url}/elsewhere` }).end(),
      );
      expect(posted).toMatchObject({ kind: 'refused', status });
      expect(JSON.stringify(posted)).toContain('redirects are never followed');
      expect(receiver.received).toHaveLength(1);
    },
  );

  it.each([
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [410, 'gone'],
    [408, 'later'],
    [409, 'later'],
    [425, 'later'],
    [500, 'later'],
    [502, 'later'],
  ] as const)('of %i is %s', async (status, kind) => {
    expect(await post(status)).toMatchObject({ kind, status });
  });

  it.each([
    [429, '120', 120_000],
    [503, '0', 0],
    [503, '999999', 3_600_000],
    [429, 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ] as const)('of %i with Retry-After %s is heeded, within an hour', async (status, header, ms) => {
    const posted = await post((response) => response.writeHead(status, { 'retry-after': header }).end());
    expect(posted).toMatchObject({ kind: 'later', status, retryAfterMs: ms });
  });

  it('of a Retry-After that is nonsense loses the pause, not the retry', async () => {
    const posted = await post((response) => response.writeHead(429, { 'retry-after': 'soon' }).end());
    expect(posted).toEqual({
      kind: 'later',
      status: 429,
      why: expect.any(String),
      tookMs: expect.any(Number),
    });
  });

  it('whose body is endless takes the event: it is cut off, and kept nowhere', async () => {
    const posted = await post((response) => {
      response.writeHead(200);
      const more = (): boolean => response.write(Buffer.alloc(32 * 1024, 'x'));
      response.on('drain', more);
      while (more());
    });
    expect(posted).toMatchObject({ kind: 'taken', status: 200 });
  });

  it.each([
    ['that never comes', 'hang' as const],
    ['that never ends its headers', (response: { flushHeaders(): void }) => void response],
  ])('%s is away at the deadline', async (_, answer) => {
    const posted = await post(answer, { timeoutMs: 300 });
    expect(posted).toMatchObject({ kind: 'later' });
    expect(JSON.stringify(posted)).toContain('did not answer within 0.3 s');
  });

  it('from nobody names the host, and not the address that may be a secret', async () => {
    const posted = await post(204, { url: `http://127.0.0.1:${await freePort()}/T0K3N` });
    expect(posted).toMatchObject({ kind: 'later' });
    expect(JSON.stringify(posted)).toMatch(/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
    expect(JSON.stringify(posted)).not.toContain('T0K3N');
  });
});

it('links lead to pages of the console, with an id that is one part of the path', () => {
  const cost = { sureUsd: 0, possibleUsd: 0 };
  const data = { generation: 'gemini-image/a b', run: 'r', tags: [], cost, attempts: 1 };
  const dead: NotificationEvent = { ...EVENT, type: 'dead', data };
  expect(withLink(dead, 'https://c.example').url).toBe('https://c.example/generations/gemini-image%2Fa%20b');
  expect(withLink(EVENT, 'https://c.example').url).toBe('https://c.example/');
  expect(withLink(EVENT, undefined)).toBe(EVENT);
});
