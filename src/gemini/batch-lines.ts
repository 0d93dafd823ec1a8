/** The lines of a batch's files: what is sent, in the form of the REST API, and what comes back. */
import { contentsOf } from './payload.ts';
import type { ImageCall } from './port.ts';

export function batchLine(key: string, call: ImageCall): string {
  const { size, aspectRatio, thinking, temperature, seed, maxOutputTokens } = call;
  const imageConfig = {
    ...(size === undefined ? {} : { imageSize: size }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
  };
  const request = {
    contents: contentsOf(call),
    generationConfig: {
      responseModalities: call.modalities,
      ...(Object.keys(imageConfig).length === 0 ? {} : { imageConfig }),
      ...(thinking === undefined ? {} : { thinkingConfig: thinking }),
      ...{ temperature, seed, maxOutputTokens },
    },
    safetySettings: call.safetySettings,
    ...(call.systemInstruction === undefined
      ? {}
      : { systemInstruction: { parts: [{ text: call.systemInstruction }] } }),
  };
  return JSON.stringify({ key, request });
}

export interface BatchLine {
  readonly key?: string;
  readonly response?: unknown;
  readonly error?: unknown;
}

export async function* readBatchLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<BatchLine> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield lineOf(line);
  }
  if (rest !== '') yield lineOf(rest);
}

function lineOf(text: string): BatchLine {
  try {
    return JSON.parse(text) as BatchLine;
  } catch {
    return {};
  }
}
