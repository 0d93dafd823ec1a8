/** Google's Python SDK, as PyPI has it, works against the emulator too. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pythonWith } from '../support/python-venv.ts';
import { emulatorFor, KEY } from './support.ts';

const MODEL = 'gemini-nano-banana-2.1';
const SDK_VERSION = '3.4.0';

test('python: image, edit, chat, 429, countTokens, models and files', { timeout: 600_000 }, async () => {
  const python = await pythonWith([`google-genai==${SDK_VERSION}`], [3, 11]);
  const emulator = await emulatorFor({ limits: { [MODEL]: { rpm: 4 } }, signatureChecks: true });
  const script = fileURLToPath(new URL('python-sdk.py', import.meta.url));
  const { stdout } = await promisify(execFile)(python, [script, emulator.url, KEY, MODEL], {
    timeout: 120_000,
  });

  const text = { mime: null, jpeg: false, text: expect.any(String) as string, thought: false, signed: true };
  const image = { mime: 'image/jpeg', jpeg: true, text: null, thought: false, signed: true };
  expect(JSON.parse(stdout)).toEqual({
    version: SDK_VERSION,
    generated: [text, image],
    finish_reason: 'STOP',
    image_tokens: 1120,
    model_version: MODEL,
    edited: [image],
    // The chat sent the first turn back, signature and all, and the checks let it pass.
    second_turn: [text, image],
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: ['QuotaFailure', 'Help', 'RetryInfo'],
      retry_delay: expect.stringMatching(/^\d+\.\d{9}s$/) as string,
    },
    total_tokens: 358,
    file: ['eight', 'ACTIVE', true],
    files: 1,
    models: [
      'models/gemini-nano-banana-2.1',
      'models/gemini-3-pro-image',
      'models/gemini-3.1-flash-image',
      'models/gemini-3.1-flash-lite-image',
      'models/gemini-3.6-flash',
      'models/gemini-flash-latest',
    ],
  });

  const calls = emulator.calls();
  expect(calls.map((call) => call.decision)).toEqual([
    ...['image', 'image', 'image', 'image', 'quota:rpm', 'tokens', 'models', 'models', 'models'],
    ...['upload:start', 'upload:file', 'files', 'files', 'files'],
  ]);
  expect(calls[1]).toMatchObject({ ratio: '16:9', inputs: [{ mime: 'image/png' }] });
  expect(calls[0]?.headers['x-goog-api-client']).toContain(`google-genai-sdk/${SDK_VERSION}`);
});
