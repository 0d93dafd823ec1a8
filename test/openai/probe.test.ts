/** Whether the cause of a hold was fixed is asked of another provider without a text model, free of charge. */
import { expect, it } from 'vitest';
import { probeOf } from '../../src/plugin/probe.ts';
import type { Handler } from './server.ts';
import { json, served } from './server.ts';

async function probed(handler: Handler) {
  const { port, asked } = await served('images', handler);
  const scope = { kind: 'credential', key: port.account.credential } as const;
  const probe = probeOf([{ name: 'other', gemini: port }], { model: 'gemini-flash-latest' });
  return { outcome: await probe({ hold: 'h-1', scope }), asked };
}

it('the list of models proves a key', async () => {
  const { outcome, asked } = await probed((response) => json(response, { data: [{ id: 'gpt-image-1' }] }));
  expect(outcome).toMatchObject({ hold: 'h-1', ok: true });
  expect(asked.map(({ request }) => `${request.method} ${request.url}`)).toEqual(['GET /v1/models']);
});

it('a page with status 200 proves nothing', async () => {
  const { outcome } = await probed((response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>It works!</h1></html>'),
  );
  expect(outcome).toMatchObject({ ok: false, verdict: { branch: 'gateway-fault' } });
});

it('a key that is still refused is told with its verdict', async () => {
  const message = 'Incorrect API key provided: sk-1****9.';
  const { outcome } = await probed((response) => json(response, { error: { message } }, 401));
  expect(outcome).toMatchObject({ ok: false, verdict: { branch: 'permission', reason: 'key-invalid' } });
  expect(outcome?.why).toContain('the list of models ended in permission/key-invalid');
});
