/**
 * Package export `.`: the client and its types. Named exports only, and no native code however far
 * down, so that a web server can import it.
 */
export { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from './artifacts/errors.ts';
export { FileArtifactStore } from './artifacts/file-store.ts';
export { MemoryArtifactStore } from './artifacts/memory-store.ts';
export type { MemoryArtifactStoreOptions } from './artifacts/memory-store.ts';
export { readProvenance } from './artifacts/provenance.ts';
export type { Provenance } from './artifacts/provenance.ts';
export type { ArtifactStore } from './artifacts/store.ts';
export type { ConnectOptions } from './client/connect.ts';
export type { Description } from './client/describe.ts';
export {
  GenerationFailed,
  IdempotencyConflict,
  ServerUnreachable,
  StillRunning,
  UnknownGeneration,
} from './client/errors.ts';
export { GeminiImages } from './client/gemini-images.ts';
export type { GeminiImagesOptions, GenerationHandle, WaitOptions } from './client/gemini-images.ts';
export type { Listed, ListOptions } from './client/list.ts';
export type {
  GenerationFailure,
  GenerationInput,
  GenerationResult,
  GenerationView,
  TrailLine,
} from './contract/generation.ts';
export { DEFAULT_TASK_QUEUE, QUERIES, WORKFLOW_TYPES } from './contract/names.ts';
export { SEARCH_ATTRIBUTES } from './contract/search-attributes.ts';
export type { ArtifactRef, ImageRef } from './domain/artifact.ts';
export type { Cost } from './domain/attempt.ts';
export { BRANCHES, isStopBranch, STOP_BRANCHES } from './domain/branch.ts';
export type { Branch, StopBranch } from './domain/branch.ts';
export type { Billed, Certainty, Classification } from './domain/classification.ts';
export type { EndCause, Phase, PhaseName } from './domain/phase.ts';
export type { AlertLevel, Owner, Reason, ReasonOf } from './domain/reason.ts';
export type { RequestProblem } from './domain/request-problem.ts';
export type { GenerationRequest, Permissions, Size, Urgency } from './domain/request.ts';
export { requestJsonSchema } from './schema/json-schema.ts';
export { InvalidRequest } from './schema/request.ts';
export type { GenerateRequest } from './schema/request.ts';
