/** `fetchUrl` as the tests call it: one field, a small limit, loopback opened by name. */
import { expect } from 'vitest';
import type { FetchUrlOptions, Fetched } from '../../src/artifacts/fetch-url.ts';
import { fetchUrl } from '../../src/artifacts/fetch-url.ts';
import { InputProblem } from '../../src/artifacts/input-problem.ts';

export async function fetched(url: string, options: Partial<FetchUrlOptions> = {}): Promise<Fetched> {
  const all = { field: 'inputs[0]', maxBytes: 100_000, allowPrivateAddresses: ['127.0.0.1/32'], ...options };
  return await fetchUrl(url, all);
}

export async function refused(url: string, options: Partial<FetchUrlOptions> = {}): Promise<InputProblem> {
  const error = await fetched(url, options).then(
    () => new Error('it was fetched'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputProblem);
  expect((error as InputProblem).field).toBe('inputs[0].url');
  return error as InputProblem;
}
