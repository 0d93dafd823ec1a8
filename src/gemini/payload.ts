/**
 * Turns a call into the SDK's parameters. Image bytes travel inline, the limit is 20 MB in all; files
 * that the provider holds travel as their URI.
 */
import type { Content, GenerateContentConfig, GenerateContentParameters, Part } from '@google/genai';
import type { CallInput, ImageCall, TextCall } from './port.ts';

export function contentsOf({ history = [], inputs, prompt }: ImageCall): Content[] {
  const now: Content = { role: 'user', parts: [...inputs.map(inputPart), { text: prompt }] };
  return [...(history as readonly Content[]), now];
}

function inputPart(input: CallInput): Part {
  if ('uri' in input) return { fileData: { mimeType: input.mime, fileUri: input.uri } };
  const { mime, bytes } = input;
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return { inlineData: { mimeType: mime, data } };
}

export function toTextParameters(call: TextCall, config: GenerateContentConfig): GenerateContentParameters {
  return {
    model: call.model,
    contents: [{ role: 'user', parts: [{ text: call.text }] }],
    config: {
      automaticContinuation: false,
      maxOutputTokens: call.maxOutputTokens,
      ...(call.system === '' ? {} : { systemInstruction: call.system }),
      ...(call.json ? { responseMimeType: 'application/json' } : {}),
      ...config,
    },
  };
}

export function toParameters(call: ImageCall, config: GenerateContentConfig): GenerateContentParameters {
  const { size, aspectRatio, thinking } = call;
  const imageConfig = {
    ...(size === undefined ? {} : { imageSize: size }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
  };
  return {
    model: call.model,
    contents: contentsOf(call),
    config: {
      responseModalities: [...call.modalities],
      // It would otherwise send again by itself, and every hop is billed.
      automaticContinuation: false,
      ...(Object.keys(imageConfig).length === 0 ? {} : { imageConfig }),
      ...(thinking === undefined ? {} : { thinkingConfig: thinkingConfig(thinking) }),
      ...(call.safetySettings === undefined
        ? {}
        : { safetySettings: call.safetySettings as NonNullable<GenerateContentConfig['safetySettings']> }),
      ...(call.tier === 'standard'
        ? {}
        : { serviceTier: call.tier as NonNullable<GenerateContentConfig['serviceTier']> }),
      ...(call.systemInstruction === undefined ? {} : { systemInstruction: call.systemInstruction }),
      ...(call.temperature === undefined ? {} : { temperature: call.temperature }),
      ...(call.seed === undefined ? {} : { seed: call.seed }),
      ...(call.maxOutputTokens === undefined ? {} : { maxOutputTokens: call.maxOutputTokens }),
      ...config,
    },
  };
}

type ThinkingConfig = NonNullable<GenerateContentConfig['thinkingConfig']>;

function thinkingConfig({ level, budget }: NonNullable<ImageCall['thinking']>): ThinkingConfig {
  return {
    ...(level === undefined
      ? {}
      : { thinkingLevel: level.toUpperCase() as NonNullable<ThinkingConfig['thinkingLevel']> }),
    ...(budget === undefined ? {} : { thinkingBudget: budget }),
  };
}
