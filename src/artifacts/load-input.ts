/**
 * An input image from wherever it is, checked to its last pixel, into the store. For workers: it
 * loads native code and fetches URLs. Gives a reference and warnings, or throws {@link InputProblem}.
 */
import { isStorageUri } from '../domain/storage-object.ts';
import { examineInput } from './check-input.ts';
import type { Lookup } from './fetch-url.ts';
import type { RequestObject } from './fetch-object.ts';
import { fetchObject } from './fetch-object.ts';
import { fetchUrl, printableUrl } from './fetch-url.ts';
import type { AllowPrivate } from './public-address.ts';
import type { LocalInput, ReadInput } from './read-input.ts';
import { MAX_INPUT_BYTES, readInput } from './read-input.ts';
import type { StoreInputOptions, StoredImage } from './store-input.ts';
import { storeImage } from './store-input.ts';

export type InputImage = LocalInput | { readonly url: string };

export interface LoadInputOptions extends StoreInputOptions {
  /** For URLs into a private network. @default false */
  readonly allowPrivateAddresses?: AllowPrivate;
  /** For the whole fetch of a URL, in milliseconds. @default 30000 */
  readonly deadlineMs?: number;
  /** @default the system's resolver */
  readonly lookup?: Lookup;
  /** For `gs://` URLs. @default none: they cannot be read */
  readonly requestObject?: RequestObject;
}

export async function loadInput(input: InputImage, options: LoadInputOptions): Promise<StoredImage> {
  const read = await readAny(input, options);
  return await storeImage(read, await examineInput(read), options);
}

async function readAny(input: InputImage, options: LoadInputOptions): Promise<ReadInput> {
  const { field = 'inputs[0]', maxBytes = MAX_INPUT_BYTES } = options;
  if (!('url' in input)) return await readInput(input, { ...options, field, maxBytes });
  const { requestObject } = options;
  const bounds = { ...options, field, maxBytes };
  const { bytes, mime } = isStorageUri(input.url)
    ? await fetchObject(input.url, { ...bounds, requestObject })
    : await fetchUrl(input.url, bounds);
  return {
    bytes,
    field: `${field}.url`,
    value: printableUrl(input.url),
    ...(mime && { declaredMime: mime }),
  };
}
