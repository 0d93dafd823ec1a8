/** An OpenAI-compatible server of a test's own words, and a port to it. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import type { CallRecord, GeminiPort, ImageCall } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import type { Dialect } from '../../src/openai/dialect.ts';
import { createOpenAiCompatible } from '../../src/openai/openai-compatible.ts';

export const KEY = 'sk-relay+Secret/0123456789';
/** A PNG of one pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const CALL: ImageCall = {
  model: 'gpt-image-1',
  tier: 'standard',
  prompt: 'a fox',
  inputs: [],
  modalities: ['TEXT', 'IMAGE'],
};

export const WITHIN = { timeoutMs: 5_000, attemptId: 'generation/1' } as const;

const MODEL = {
  model: 'gpt-image-1',
  defaultSize: '1K',
  sizeNames: { '1K': { '1:1': '1024x1024', '3:2': '1536x1024' } },
} as unknown as ModelEntry;

export interface Asked {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

export type Handler = (response: ServerResponse, asked: Asked, origin: string) => void;

export interface Served {
  readonly origin: string;
  readonly asked: readonly Asked[];
  readonly port: GeminiPort;
}

export async function served(dialect: Dialect, handler: Handler): Promise<Served> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { request, body: Buffer.concat(chunks) };
      asked.push(one);
      handler(response, one, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, asked, port: portAt(`${origin}/v1`, dialect) };
}

export function portAt(baseUrl: string, dialect: Dialect, apiKey = KEY): GeminiPort {
  return createOpenAiCompatible({
    ...{ apiKey, baseUrl, dialect, project: 'relay', models: [MODEL], allowPrivateUrls: true },
    redactor: createRedactor([apiKey]),
  });
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The stored body, as JSON. */
export function bodyOf({ outcome }: CallRecord): unknown {
  return outcome.kind === 'answer' ? (JSON.parse(Buffer.from(outcome.body).toString()) as unknown) : outcome;
}
