/** The page's receiver, as it stands there, takes what is signed and refuses what is not. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/domain/notification.ts';
import { jsonSchema } from '../../src/schema/json-schema.ts';
import { postEvent } from '../../src/webhooks/post.ts';
import { webhooksOf } from '../../src/webhooks/settings.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/root.ts';

const PAGE = readFileSync(join(ROOT, 'docs/notifications.md'), 'utf8');
const SECRET = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
/** The package is not installed in its own checkout; everything else of the example is as it stands. */
const EXAMPLE = (/```js\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '').replace(
  "'temporal-gemini-images'",
  JSON.stringify(join(ROOT, 'src/index.ts')),
);

const event = {
  id: 'test/1',
  type: 'test',
  at: new Date().toISOString(),
  subject: 'a test',
  data: { by: 'ann' },
} as const;

let said = '';
let child: ReturnType<typeof spawn>;
let url: string;
beforeAll(async () => {
  const env = { ...process.env, PORT: '0', WEBHOOK_SECRET: SECRET };
  child = spawn(process.execPath, ['--input-type=module', '--eval', EXAMPLE], { env, cwd: ROOT });
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const port = await eventually('the example listens', () => /listening on (\d+)/.exec(said)?.[1]);
  url = `http://127.0.0.1:${port}/`;
});
afterAll(() => child.kill());

const send = (secret: string) =>
  postEvent(
    webhooksOf({ webhooks: [{ name: 'ops', url, secret, timeoutMs: 60_000 }] }).all[0] as never,
    event,
  );

describe("the page's receiver", () => {
  it('takes an event, and acts on it once', async () => {
    expect(await send(SECRET)).toMatchObject({ kind: 'taken', status: 204 });
    expect(await send(SECRET)).toMatchObject({ kind: 'taken', status: 204 });
    await eventually('it acted', () => said.includes('test: a test'));
    expect(said.match(/test: a test/g)).toHaveLength(1);
  });

  it('refuses what another secret has signed', async () => {
    expect(await send('another-secret-that-is-long-enough')).toMatchObject({ kind: 'refused', status: 400 });
  });
});

it('the page names every type', () => {
  for (const type of EVENT_TYPES) expect(PAGE).toContain(`\`${type}\``);
});

it('its JSON Schema is the one in docs/ (npm run docs)', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'docs/notification.schema.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(jsonSchema('notification'))),
  );
});
