/** Package export `./worker`: what runs where generations are carried out. Loads native code. */
export { createActivities } from '../../activities/index.ts';
export type { ActivityDeps, ConfiguredRoute } from '../../activities/deps.ts';
export { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from '../artifacts/errors.ts';
export { FileArtifactStore } from '../artifacts/file-store.ts';
export { MemoryArtifactStore } from '../artifacts/memory-store.ts';
export type { MemoryArtifactStoreOptions } from '../artifacts/memory-store.ts';
export { openStore } from '../artifacts/open-store.ts';
export type { S3ArtifactStoreOptions, S3Sender } from '../artifacts/s3-options.ts';
export { S3ArtifactStore } from '../artifacts/s3-store.ts';
export type { ArtifactStore } from '../artifacts/store.ts';
export { ServerUnreachable } from '../client/errors.ts';
export type { GenerationActivities } from '../contract/generation.ts';
export { METRICS } from '../contract/metrics.ts';
export type { Metric } from '../contract/metric.ts';
export { DEFAULT_TASK_QUEUE, WORKFLOW_TYPES } from '../contract/names.ts';
export { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';
export { GeminiImagesPlugin } from '../plugin/gemini-images-plugin.ts';
export type { GeminiImagesPluginOptions } from '../plugin/options.ts';
export type { ProviderModel, ProviderRoute } from '../plugin/provider-route.ts';
export type {
  ApiKeyRoute,
  RouteOptions,
  ServiceAccountKey,
  VertexRoute,
  VertexSettings,
} from '../plugin/route-options.ts';
export type { LimitView, QuotaBroker } from '../quota/broker.ts';
export type { LocalQuotaBrokerOptions } from '../quota/broker-options.ts';
export { LocalQuotaBroker } from '../quota/local-broker.ts';
export { HISTOGRAM_BUCKETS, prometheusMetrics } from './metrics.ts';
export { runWorker, startWorker } from './run.ts';
export type { RunningWorker, RunWorkerOptions, StartWorkerOptions } from './run.ts';
