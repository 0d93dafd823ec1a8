/**
 * Package export `./testing`: for tests of code that uses this library. Whole generations are best
 * tested against the real thing in small: `startDevServer` here, `startEmulator` from `./emulator`, a
 * worker with the plugin and a `MemoryArtifactStore`. Where the client is replaced by a stub, the
 * functions below make what it would have answered.
 */
import { GenerationFailed } from './client/errors.ts';
import type { GenerationFailure, GenerationResult } from './contract/generation.ts';
import type { Branch } from './domain/branch.ts';
import { finding } from './domain/finding.ts';
import type { ReasonOf } from './domain/reason.ts';

export { MemoryArtifactStore } from './artifacts/memory-store.ts';
export type { MemoryArtifactStoreOptions } from './artifacts/memory-store.ts';
export { DevServerFailed, startDevServer } from './dev/server.ts';
export type { DevServer, DevServerOptions } from './dev/server.ts';

const NO_COST = { sureUsd: 0, possibleUsd: 0 };

/**
 * What `images.generate()` resolves to: one image after one call, with what a test says otherwise.
 *
 * @example images.generate = async () => generationResult({ warnings: ['delivered at 1K, asked for 2K'] });
 */
export function generationResult(given: Partial<GenerationResult> = {}): GenerationResult {
  const model = given.model ?? 'gemini-3-pro-image';
  const fingerprint = 'f'.repeat(16);
  return {
    id: 'gemini-image/test',
    images: [{ sha256: '0'.repeat(64), mime: 'image/jpeg', bytes: 400_000, width: 1024, height: 1024 }],
    drafts: [],
    texts: [],
    route: 'default',
    model,
    cost: { sureUsd: 0.134, possibleUsd: 0 },
    trail: [{ n: 1, move: 'first call', model, verdict: 'success', billed: 'yes', fingerprint }],
    warnings: [],
    ...given,
  };
}

/**
 * What `images.generate()` rejects with when a generation ended unserved, with the owner and the advice
 * that belong to the reason.
 *
 * @example images.generate = async () => { throw generationFailed('policy', 'prohibited-content'); };
 */
export function generationFailed<B extends Branch>(
  branch: B,
  reason: ReasonOf<B>,
  given: Partial<Omit<GenerationFailure, 'classification'>> & { readonly message?: string } = {},
): GenerationFailed {
  const { message = `${branch} happened`, ...failure } = given;
  const classification = finding(branch, reason, {
    rule: 'test',
    certainty: 'named',
    billed: 'no',
    message,
  });
  return new GenerationFailed({
    id: 'gemini-image/test',
    cause: 'stop-branch',
    why: 'made by a test',
    cost: NO_COST,
    trail: [],
    ...failure,
    classification,
  });
}
