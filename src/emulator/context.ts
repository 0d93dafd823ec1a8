/** What every handler works with: the options and the emulator's whole state. */
import { BatchDesk } from './batches/batch-desk.ts';
import { FaultBook } from './faults/book.ts';
import { FileShelf } from './files/shelf.ts';
import { Uploads } from './files/uploads.ts';
import { Ledger } from './ledger.ts';
import { Results } from './openai/results.ts';
import type { ResolvedEmulatorOptions } from './options.ts';
import { Gallery } from './picture/gallery.ts';
import { QuotaWindows } from './quota-windows.ts';
import { Buckets } from './vertex/buckets.ts';
import { TokenDesk } from './vertex/tokens.ts';

export interface EmulatorContext {
  readonly options: ResolvedEmulatorOptions;
  readonly ledger: Ledger;
  readonly faults: FaultBook;
  readonly quota: QuotaWindows;
  readonly gallery: Gallery;
  readonly files: FileShelf;
  readonly uploads: Uploads;
  readonly batches: BatchDesk;
  /** Access tokens for the Vertex dialect. */
  readonly tokens: TokenDesk;
  /** Objects of Google Cloud Storage. */
  readonly buckets: Buckets;
  readonly results: Results;
  echoKey: boolean;
}

const FILE_LIFETIME_MS = 48 * 3_600_000;
const BATCH_LIFETIME_MS = 48 * 3_600_000;
const BATCH_QUEUED_MS = 10_000;
const BATCH_RUNNING_MS = 50_000;

export function createContext(options: ResolvedEmulatorOptions): EmulatorContext {
  return {
    options,
    ledger: new Ledger(options.ledgerLimit),
    faults: new FaultBook(options.seed, options.faults),
    quota: new QuotaWindows({
      limits: options.limits,
      form: options.quota,
      rejectedCount: options.rejectedCount,
      timeScale: options.timeScale,
    }),
    gallery: new Gallery(options.cacheBytes),
    files: new FileShelf({
      seed: options.seed,
      lifetimeMs: options.fileLifetimeMs ?? FILE_LIFETIME_MS * options.timeScale,
      processingMs: options.fileProcessingMs,
      storageBytes: options.fileStorageBytes,
      keepExpired: options.keepExpiredFiles,
    }),
    uploads: new Uploads(),
    batches: new BatchDesk({
      seed: options.seed,
      queuedMs: options.batch.queuedMs ?? BATCH_QUEUED_MS * options.timeScale,
      runningMs: options.batch.runningMs ?? BATCH_RUNNING_MS * options.timeScale,
      lifetimeMs: options.batch.lifetimeMs ?? BATCH_LIFETIME_MS * options.timeScale,
      enqueuedTokens: options.batch.enqueuedTokens,
    }),
    tokens: new TokenDesk(),
    buckets: new Buckets(),
    results: new Results(),
    echoKey: options.echoKey,
  };
}

/** Back to the start: ledger, quota use, counts, files, batch jobs, access tokens and faults; drawn pictures stay. */
export function resetContext(context: EmulatorContext): void {
  context.ledger.reset();
  context.faults.reset();
  context.quota.reset();
  context.files.reset();
  context.uploads.reset();
  context.batches.reset();
  context.tokens.reset();
  context.buckets.reset();
  context.results.reset();
  context.echoKey = context.options.echoKey;
}
