/** `webhooks` and `webhooks test`: through the real program, to a real receiver. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Receiver } from '../support/webhook-receiver.ts';
import { startReceiver } from '../support/webhook-receiver.ts';
import { DIRECTORY, run } from './program.ts';

const SECRET = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
const FILE = join(DIRECTORY, 'webhooks.json');
const env = { OPS_SECRET: SECRET, GEMINI_IMAGES_OPERATOR: 'ann' };

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => {
  const ops = { name: 'ops', url: `${receiver.url}/T0K3N`, secretEnv: 'OPS_SECRET' };
  const crm = { name: 'crm', url: receiver.url, secretEnv: 'OPS_SECRET', events: ['done'], tags: ['shop'] };
  writeFileSync(FILE, JSON.stringify({ webhooks: [ops, crm] }));
  receiver.received.length = 0;
  receiver.answer = 204;
});

describe('webhooks test', () => {
  it('sends each webhook a signed event and prints what came back', async () => {
    const { code, stdout } = await run(['webhooks', 'test', '--webhooks', FILE], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ops {2}taken: 127\.0\.0\.1:\d+ answered with status 204 in \d+ ms\ncrm {2}taken/,
    );
    expect(receiver.events(SECRET)).toMatchObject([
      { type: 'test', data: { by: 'ann' } },
      { type: 'test', data: { by: 'ann' } },
    ]);
  });

  it('says what a worker would do where one is not taken, and ends with 1', async () => {
    receiver.answer = 410;
    const { code, stdout } = await run(['webhooks', 'test', '--webhooks', FILE, '--name', 'ops', '--json'], {
      env,
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'ops', kind: 'gone', status: 410 }]);
    expect(receiver.received).toHaveLength(1);
    expect(stdout).not.toContain('T0K3N');
  });

  it('names those that there are', async () => {
    const { code, stderr } = await run(['webhooks', 'test', '--webhooks', FILE, '--name', 'nobody'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('there is no webhook nobody; there are ops, crm');
  });
});

describe('webhooks', () => {
  it('lists them by GEMINI_IMAGES_WEBHOOKS, with hosts and without addresses and secrets', async () => {
    const { code, stdout } = await run(['webhooks'], { env: { ...env, GEMINI_IMAGES_WEBHOOKS: FILE } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ops {2}127\.0\.0\.1:\d+\n {2}events {2}stuck, done/);
    expect(stdout).toContain('only    tag shop');
    expect(stdout).not.toMatch(/T0K3N|whsec/);
  });

  it.each([
    [{}, /--webhooks .*webhooks\.json: webhooks: /],
    [{ webhooks: [] }, /the file of webhooks has none/],
    [
      { webhooks: [{ name: 'ops', url: 'http://example.com', secretEnv: 'OPS_SECRET' }] },
      /url: is http to another machine/,
    ],
    [
      { webhooks: [{ name: 'ops', url: 'https://example.com', secretEnv: 'NOBODY' }] },
      /the variable NOBODY is not set/,
    ],
  ])('%j is refused with the field and the cure', async (content, words) => {
    writeFileSync(FILE, JSON.stringify(content));
    const { code, stderr } = await run(['webhooks', '--webhooks', FILE], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
  });

  it('a worker with a wrong file does not start', async () => {
    writeFileSync(FILE, 'none');
    const worker = ['worker', '--webhooks', FILE];
    const { code, stderr } = await run(worker, { env: { ...env, GEMINI_IMAGES_EMULATOR_URL: receiver.url } });
    expect(code).toBe(2);
    expect(stderr).toContain('is not JSON');
  });
});
