/**
 * Fetches an input image that a caller named as `gs://bucket/object`, by a request that a route has authorised.
 * Bounded like any URL; the token goes to the address it was made for and to no redirect.
 */
import { parseStorageUri } from '../domain/storage-object.ts';
import type { ObjectRequest, StoredObject } from '../domain/storage-object.ts';
import type { Fetched, FetchUrlOptions } from './fetch-url.ts';
import { fetchUrl } from './fetch-url.ts';
import { InputProblem } from './input-problem.ts';

/** Makes the request that reads an object, with a credential for it; sends nothing and never rejects. */
export type RequestObject = (
  object: StoredObject,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<ObjectRequest>;

const TOKEN_MS = 30_000;

export async function fetchObject(
  uri: string,
  { requestObject, ...options }: FetchUrlOptions & { readonly requestObject: RequestObject | undefined },
): Promise<Fetched> {
  const { field, maxBytes, signal } = options;
  const words = {
    ...({ reason: 'bad-input', field: `${field}.url`, value: uri } as const),
    allowed: `an image of at most ${maxBytes} bytes`,
  };
  const object = parseStorageUri(uri);
  if (object === undefined)
    throw new InputProblem({ ...words, problem: 'names no object', cure: 'give gs://bucket/object' });
  if (requestObject === undefined)
    throw new InputProblem({
      ...words,
      problem: 'cannot be read by a worker without a route of Google Cloud',
      cure: 'give an https URL or the bytes; operator: add a Vertex route',
    });
  const request = await requestObject(object, { timeoutMs: TOKEN_MS, ...(signal && { signal }) });
  if (request.kind === 'failed')
    throw new InputProblem({
      ...words,
      problem: `cannot be read: ${request.why}`,
      cure: 'operator: correct the credentials of the Vertex route',
      retryable: true,
    });
  return await fetchUrl(request.url, {
    ...options,
    headers: request.headers,
    told: {
      ...words,
      cure: 'correct the name; operator: its Vertex route needs storage.objects.get',
    },
    // The operator's own configuration names the address.
    allowPrivateAddresses: true,
  });
}
