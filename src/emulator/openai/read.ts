/**
 * From bytes to what a call asks for: a prompt, a size in pixels and input images, whether it came as JSON,
 * as a form with files, or as chat messages. Outcome: the call, or the words of what is wrong.
 */
import { readImage } from '../request/inputs.ts';
import type { InputImage } from '../request/inputs.ts';

export interface OpenAiCall {
  readonly model: string;
  readonly prompt: string;
  readonly width: number;
  readonly height: number;
  readonly inputs: readonly InputImage[];
}

type Json = Readonly<Record<string, unknown>>;

const SIDE = 1024;
const LARGEST_SIDE = 4096;
const DATA_URL = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=]+)$/;

export async function readOpenAiCall(
  method: string,
  body: Buffer,
  contentType: string,
): Promise<OpenAiCall | string> {
  if (method === 'images.edit') return await readForm(body, contentType);
  const json = jsonOf(body);
  if (json === undefined) return 'We could not parse the JSON body of your request.';
  return method === 'images.generate' ? await asked(json, json['prompt'], []) : await readChat(json);
}

async function readForm(body: Buffer, contentType: string): Promise<OpenAiCall | string> {
  const headers = { 'content-type': contentType };
  const form = await new Response(new Uint8Array(body), { headers }).formData().catch(() => undefined);
  if (form === undefined) return 'The body is no multipart form.';
  const files = [...form.getAll('image'), ...form.getAll('image[]')].filter((one) => one instanceof File);
  if (files.length === 0) return "Missing required parameter: 'image'.";
  const images = files.map(async (file) => ({
    mime: file.type,
    data: Buffer.from(await file.arrayBuffer()),
  }));
  const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
  return await asked(fields, fields['prompt'], await Promise.all(images));
}

async function readChat(json: Json): Promise<OpenAiCall | string> {
  const messages = recordsIn(json['messages']);
  const { content } = messages.findLast(({ role }) => role === 'user') ?? {};
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : recordsIn(content);
  const words = parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const images = parts.flatMap((part) => {
    const image = part['image_url'] as Json | undefined;
    const [, mime, data] = DATA_URL.exec(typeof image?.['url'] === 'string' ? image['url'] : '') ?? [];
    return mime === undefined || data === undefined ? [] : [{ mime, data: Buffer.from(data, 'base64') }];
  });
  return await asked(json, words.join('\n'), images);
}

async function asked(
  { model, size = 'auto' }: Json,
  prompt: unknown,
  images: readonly { readonly mime: string; readonly data: Buffer }[],
): Promise<OpenAiCall | string> {
  if (typeof model !== 'string' || model === '') return 'you must provide a model parameter';
  if (typeof prompt !== 'string' || prompt === '') return "Missing required parameter: 'prompt'.";
  const [, w = '', h = ''] = /^(\d+)x(\d+)$/.exec(String(size)) ?? (size === 'auto' ? ['', SIDE, SIDE] : []);
  const [width, height] = [Number(w), Number(h)];
  if (!(width > 0 && height > 0 && width <= LARGEST_SIDE && height <= LARGEST_SIDE))
    return `Invalid size '${String(size)}'. Supported sizes are WIDTHxHEIGHT and auto.`;
  const inputs: InputImage[] = [];
  for (const image of images) {
    const read = await readImage(image);
    if ('answer' in read) return 'Invalid image file or mode for image, please check your image file.';
    inputs.push(read);
  }
  return { model, prompt, width, height, inputs };
}

function jsonOf(body: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function recordsIn(value: unknown): readonly Json[] {
  return (Array.isArray(value) ? value : []).filter(
    (one: unknown): one is Json => typeof one === 'object' && one !== null,
  );
}
