/** Application Default Credentials through a workload identity, whose token service is a server of ours. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CallRecord } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import { createVertex } from '../../src/gemini/vertex.ts';

const TOKEN = 'ya29.federated-token-0123456789';
const options = { timeoutMs: 20_000, attemptId: 'generation/1' };
const TEXT = { model: 'gemini-3.6-flash', system: '', text: 'ping', maxOutputTokens: 64, json: false };

/** Token service and Gemini in one; the machine's identity is a file. */
async function machine(token: {
  readonly status: number;
  readonly body: object;
}): Promise<{ readonly call: () => Promise<CallRecord>; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const isToken = request.url === '/sts';
      asked.push(isToken ? 'token' : String(request.headers.authorization));
      const { status, body } = isToken ? token : { status: 200, body: { echo: request.headers } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = await mkdtemp(join(tmpdir(), 'default-credentials-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const subject = join(directory, 'subject');
  const file = join(directory, 'credentials.json');
  await writeFile(subject, 'the machine itself');
  await writeFile(
    file,
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/sts`,
      credential_source: { file: subject },
    }),
  );
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
  const port = createVertex({ project: 'shop', baseUrl: url, redactor: createRedactor([]) });
  return { call: () => port.generateText(TEXT, options), asked };
}

const granted = {
  access_token: TOKEN,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3_600,
};

describe('default credentials', () => {
  it('bring the machine’s own token, asked for once, and no answer keeps it (I7)', async () => {
    const { call, asked } = await machine({ status: 200, body: granted });
    const { outcome } = await call();
    await call();
    expect(asked).toEqual(['token', `Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toContain('[redacted]');
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).not.toContain(TOKEN);
  });

  it('that are refused say so, and nothing is sent', async () => {
    const { call, asked } = await machine({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'the pool is gone' },
    });
    const { outcome } = await call();
    expect(outcome).toMatchObject({
      kind: 'broken',
      stage: 'before-send',
      error: { name: 'TokenRefused', message: expect.stringContaining('the pool is gone') as string },
    });
    expect(asked.every((each) => each === 'token')).toBe(true);
  });

  it('that are not where the machine says are missing, not a broken network', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nowhere/credentials.json');
    onTestFinished(() => void vi.unstubAllEnvs());
    const port = createVertex({
      project: 'shop',
      baseUrl: 'http://127.0.0.1:9',
      redactor: createRedactor([]),
    });
    expect((await port.generateText(TEXT, options)).outcome).toMatchObject({
      kind: 'broken',
      error: {
        name: 'TokenRefused',
        message: expect.stringContaining('/nowhere/credentials.json') as string,
      },
    });
  });
});
