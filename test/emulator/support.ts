/** An emulator for one test file's needs, and raw calls to it. */
import { onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';

/** The model that draws fastest: small pictures, no drafts, no thoughts. */
export const FLASH = 'gemini-3.1-flash-image';
export const PRO = 'gemini-3-pro-image';
export const KEY = 'AIzaTest-key_1';

/** Started for this test, closed with it. */
export async function emulatorFor(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType: string; readonly data: string };
}

export interface Body {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly Part[]; readonly role?: string };
    readonly finishReason?: string;
    readonly finishMessage?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly usageMetadata?: Readonly<Record<string, unknown>>;
  readonly modelVersion?: string;
  readonly responseId?: string;
  readonly totalTokens?: number;
  readonly error?: {
    readonly code: number;
    readonly status: string;
    readonly message: string;
    readonly details?: readonly Readonly<Record<string, unknown>>[];
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; empty where it is not JSON. */
  readonly body: Body;
}

export interface CallOptions {
  readonly model?: string;
  readonly version?: string;
  readonly verb?: string;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly parts?: readonly unknown[];
  /** The whole request instead of one made of prompt and config. */
  readonly request?: unknown;
  readonly signal?: AbortSignal;
}

/** One raw call. Small pictures unless the config says otherwise. */
export async function call(emulator: Emulator, prompt: string, options: CallOptions = {}): Promise<Reply> {
  const { model = FLASH, version = 'v1', verb = 'generateContent', key = KEY } = options;
  const request = options.request ?? {
    contents: [{ role: 'user', parts: [{ text: prompt }, ...(options.parts ?? [])] }],
    generationConfig: options.config ?? (model === FLASH ? { imageConfig: { imageSize: '512' } } : {}),
  };
  const response = await fetch(`${emulator.url}/${version}/models/${model}:${verb}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { 'x-goog-api-key': key }),
      ...options.headers,
    },
    body: typeof request === 'string' ? request : JSON.stringify(request),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

export function partsOf(reply: Reply): readonly Part[] {
  return reply.body.candidates?.[0]?.content?.parts ?? [];
}

/** The last image part, decoded from base64. */
export function imageOf(reply: Reply): Buffer {
  const last = partsOf(reply).findLast((part) => part.inlineData);
  return Buffer.from(last?.inlineData?.data ?? '', 'base64');
}

/** The code of what made a fetch fail, however deep it lies. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no failure';
  } catch (error) {
    const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
    return `${message} ${cause?.code ?? ''}`.trim();
  }
}
