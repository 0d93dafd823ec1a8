/**
 * Answers of other APIs, rewritten as generateContent chunks so that one reader serves all:
 * Interactions, Imagen's `predictions`, and the images and chat APIs of OpenAI-compatible relays.
 * A link or data URL inside a text is not an image here: only a relay's own field is.
 */
import type { Json } from './classify/json.ts';
import { arrayOf, isRecord, stringOf } from './classify/json.ts';

export interface OtherShape {
  readonly shape: 'interactions' | 'imagen' | 'openai';
  readonly body: Json;
}

export function otherShape(body: Json): OtherShape | undefined {
  if ('candidates' in body) return undefined;
  return interactions(body) ?? imagen(body) ?? chat(body) ?? images(body);
}

const candidate = (parts: readonly Json[], more: Json = {}, index = 0): Json => ({
  index,
  content: { role: 'model', parts },
  ...more,
});

function interactions(body: Json): OtherShape | undefined {
  const shown = isRecord(body['output_image']) ? [{ type: 'image', ...body['output_image'] }] : undefined;
  const steps = Array.isArray(body['steps']) ? body['steps'] : (body['outputs'] ?? shown);
  if (
    !Array.isArray(steps) ||
    (body['object'] !== 'interaction' && typeof body['status'] !== 'string' && shown === undefined)
  ) {
    return undefined;
  }
  const parts = steps.filter(isRecord).flatMap((step) => {
    const thought = step['type'] === 'thought';
    if (step['type'] === 'user_input') return [];
    const content = Array.isArray(step['content']) ? step['content'].filter(isRecord) : [step];
    return content.map((item) => ({ ...interactionPart(item), ...(thought ? { thought } : {}) }));
  });
  const unfinished = /^(incomplete|budget_exceeded)$/.test(String(body['status']));
  const usage = isRecord(body['usage']) ? body['usage'] : {};
  return {
    shape: 'interactions',
    body: {
      candidates: [candidate(parts, unfinished ? { finishReason: 'MAX_TOKENS' } : {})],
      usageMetadata: {
        totalTokenCount: usage['total_tokens'],
        candidatesTokenCount: usage['total_output_tokens'],
      },
      modelVersion: body['model'],
      responseId: body['id'],
    },
  };
}

function interactionPart(item: Json): Json {
  const mime = stringOf(item['mime_type'] ?? item['mimeType']) ?? 'image/jpeg';
  const uri = stringOf(item['uri']);
  const signed = typeof item['signature'] === 'string' ? { thoughtSignature: item['signature'] } : {};
  if (item['type'] !== 'image')
    return { ...signed, ...(typeof item['text'] === 'string' ? { text: item['text'] } : {}) };
  return uri === undefined
    ? { inlineData: { mimeType: mime, data: item['data'] }, ...signed }
    : { fileData: { mimeType: mime, fileUri: uri }, ...signed };
}

/** Each prediction is a candidate of its own: one may be filtered while another is delivered. */
function imagen(body: Json): OtherShape | undefined {
  const predictions = body['predictions'] ?? body['generatedImages'];
  if (!Array.isArray(predictions)) return undefined;
  const candidates = predictions.filter(isRecord).map((prediction, index) => {
    const image = isRecord(prediction['image']) ? prediction['image'] : prediction;
    const mimeType = stringOf(image['mimeType']) ?? 'image/png';
    const data = image['bytesBase64Encoded'] ?? image['imageBytes'];
    const uri = image['gcsUri'];
    const filtered = prediction['raiFilteredReason'];
    if (typeof data === 'string') return candidate([{ inlineData: { mimeType, data } }], {}, index);
    if (typeof uri === 'string') return candidate([{ fileData: { mimeType, fileUri: uri } }], {}, index);
    return candidate(
      [],
      typeof filtered === 'string' ? { finishReason: 'IMAGE_OTHER', finishMessage: filtered } : {},
      index,
    );
  });
  return { shape: 'imagen', body: { candidates } };
}

function images(body: Json): OtherShape | undefined {
  const { data } = body;
  if (!Array.isArray(data) || !data.some((item) => isRecord(item) && ('b64_json' in item || 'url' in item))) {
    return undefined;
  }
  const parts = data
    .filter(isRecord)
    .map((item) => imagePart(stringOf(item['b64_json']), stringOf(item['url'])));
  return { shape: 'openai', body: { candidates: [candidate(parts, unfetched(data.filter(isRecord)))] } };
}

function chat(body: Json): OtherShape | undefined {
  const { choices } = body;
  if (!Array.isArray(choices)) return undefined;
  const candidates = choices.filter(isRecord).map((choice, index) => {
    const message = isRecord(choice['message'])
      ? choice['message']
      : isRecord(choice['delta'])
        ? choice['delta']
        : {};
    const content = message['content'];
    const texts =
      typeof content === 'string' ? [{ text: content }] : arrayOf(content).filter(isRecord).map(chatPart);
    const images = arrayOf(message['images']).filter(isRecord);
    const told = { finishReason: chatFinish(choice), ...unfetched(images) };
    return candidate([...texts, ...images.map(chatPart)], told, index);
  });
  return { shape: 'openai', body: { candidates, modelVersion: body['model'], responseId: body['id'] } };
}

/** `fetch_error` is ours: why a link could not be followed (`src/openai/linked-images.ts`). */
function unfetched(items: readonly Json[]): Json {
  const why = items.map((item) => stringOf(item['fetch_error'])).find((text) => text !== undefined);
  return why === undefined ? {} : { finishMessage: why };
}

/** OpenRouter keeps Gemini's own word beside the translated one. */
function chatFinish(choice: Json): unknown {
  const own = choice['native_finish_reason'];
  if (typeof own === 'string' && /[A-Z_]{4,}/.test(own)) return own;
  const words: Readonly<Record<string, string>> = {
    content_filter: 'SAFETY',
    length: 'MAX_TOKENS',
    stop: 'STOP',
  };
  return words[String(choice['finish_reason'])];
}

function chatPart(item: Json): Json {
  const link = isRecord(item['image_url']) ? item['image_url']['url'] : item['image_url'];
  if (typeof link === 'string') return imagePart(undefined, link);
  return typeof item['text'] === 'string' ? { text: item['text'] } : {};
}

function imagePart(base64: string | undefined, url: string | undefined): Json {
  if (base64 !== undefined) return { inlineData: { mimeType: '', data: base64 } };
  const head = /^data:(image\/[\w.+-]+);base64,/.exec(url?.slice(0, 64) ?? '');
  if (url === undefined) return {};
  return head === null
    ? { fileData: { mimeType: 'image/*', fileUri: url } }
    : { inlineData: { mimeType: head[1], data: url.slice(head[0].length) } };
}
