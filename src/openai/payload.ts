/**
 * Turns a call into the parameters of one dialect. A conversation and its signatures are never sent (I9):
 * they are Gemini's. What has no field there is said in the prompt.
 */
import type OpenAI from 'openai';
import type { ModelEntry } from '../domain/catalogue.ts';
import { formInWords, sizeNameOf } from '../domain/other-provider.ts';
import type { ImageCall, InputImage } from '../gemini/port.ts';

type Sizes = Pick<ModelEntry, 'sizeNames' | 'defaultSize'>;
type Http = { readonly signal: AbortSignal };

export async function sendImages(sdk: OpenAI, http: Http, call: ImageCall, sizes: Sizes): Promise<unknown> {
  const { model, systemInstruction } = call;
  const prompt = [systemInstruction, promptWords(call, sizes)].filter(Boolean).join('\n\n');
  const size = sizeNameOf(sizes, call);
  const params = { model, prompt, n: 1, ...(size === undefined ? {} : { size: size as 'auto' }) };
  const images = inline(call);
  if (images.length === 0) return await sdk.images.generate(params, http);
  const files = images.map(({ bytes, mime, sha256 }) => {
    const name = `${sha256.slice(0, 16)}.${mime.split('/')[1] ?? 'png'}`;
    return new File([bytes], name, { type: mime });
  });
  // A single file, where there is one: many relays know no list.
  const [only] = files;
  const image = files.length === 1 && only !== undefined ? only : files;
  return await sdk.images.edit({ ...params, image }, http);
}

export async function sendChat(sdk: OpenAI, http: Http, call: ImageCall, sizes: Sizes): Promise<unknown> {
  const { model, modalities, systemInstruction, temperature, seed, maxOutputTokens } = call;
  const size = sizeNameOf(sizes, call);
  const content = [
    ...inline(call).map(({ mime, bytes }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mime};base64,${Buffer.from(bytes).toString('base64')}` },
    })),
    { type: 'text' as const, text: promptWords(call, sizes) },
  ];
  const params = {
    model,
    messages: [
      ...(systemInstruction === undefined ? [] : [{ role: 'system' as const, content: systemInstruction }]),
      { role: 'user' as const, content },
    ],
    // Relays' own field; `image` is no modality of OpenAI's chat.
    modalities: modalities.map((each) => each.toLowerCase()) as 'text'[],
    ...(size === undefined ? {} : { size }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxOutputTokens === undefined ? {} : { max_tokens: maxOutputTokens }),
  };
  return await sdk.chat.completions.create(params, http);
}

function promptWords(call: ImageCall, sizes: Sizes): string {
  return [call.prompt, formInWords(sizes, call)].filter(Boolean).join('\n\n');
}

/** Files of Google's storage are never among them: the ladder has no upload there. */
function inline({ inputs }: ImageCall): readonly InputImage[] {
  return inputs.map((input) => {
    if ('uri' in input) throw new TypeError(`input ${input.sha256} lies in another provider's file storage`);
    return input;
  });
}
