/**
 * What the batch lane needs of a provider, and nothing of its SDK. Every method is free of charge but
 * `create`, whose job bills each answer at the batch price. As in {@link GeminiFiles}, nothing here
 * rejects for what a provider or a network does: it answers with what was asked for, or with the
 * exchange that failed, to be classified like any other. A download that breaks later is the exception,
 * see {@link BatchDownloadError}.
 */
import type { CallOptions, CallRecord, PortAnswer } from './call.ts';

/**
 * `queued` and `running` go on, the rest have ended. States that the provider may invent are `running`:
 * who polls needs an end of its own.
 */
export type BatchState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired';

export interface BatchJob {
  /** `batches/abc-123` */
  readonly name: string;
  /** Empty where the job has none. */
  readonly displayName: string;
  /** Without `models/`. */
  readonly model: string;
  readonly state: BatchState;
  /** ISO 8601; empty where the provider does not say. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly endedAt?: string;
  /** `files/…` with the results, one JSON object a line, once succeeded. */
  readonly resultFile?: string;
  /** Of its requests; `succeeded` and `failed` grow while it runs. */
  readonly counts?: { readonly total: number; readonly succeeded: number; readonly failed: number };
  /** The job's own error, as the provider worded it. */
  readonly error?: { readonly code?: number | string; readonly message: string };
}

export interface NewBatchFile {
  /** The requests, whole lines or pieces of them; see `requestLine`. At most 2 GB. Read once, in order. */
  readonly lines: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  /** At most 512 characters. */
  readonly displayName: string;
}

export interface NewBatchJob {
  /** Without `models/`. */
  readonly model: string;
  /** `files/…`, of the same account. */
  readonly fileName: string;
  /** What {@link BatchPort.find} looks for where the answer to `create` was lost. */
  readonly displayName: string;
}

export interface BatchPort {
  /** Uploads the requests. The lines lie in a temporary file meanwhile, never whole in memory. */
  upload(
    file: NewBatchFile,
    options: CallOptions,
  ): Promise<PortAnswer<{ readonly name: string; readonly uri: string; readonly bytes: number }>>;
  /**
   * Not idempotent: the same call makes a second job, billed again. Where it fails after something was
   * sent, the job may be there.
   */
  create(job: NewBatchJob, options: CallOptions): Promise<PortAnswer<BatchJob>>;
  /** The newest job of that display name, looked for through all pages of the list; undefined: none. */
  find(displayName: string, options: CallOptions): Promise<PortAnswer<BatchJob | undefined>>;
  /** Undefined: the provider knows no such job (404). */
  get(name: string, options: CallOptions): Promise<PortAnswer<BatchJob | undefined>>;
  /** Answered before the job has ended; what it has answered by then is billed. */
  cancel(name: string, options: CallOptions): Promise<PortAnswer<void>>;
  /**
   * The results as a stream, secrets redacted (I7), never the whole in memory; to be read once. The
   * deadline of `options` covers its last byte. Who stops early ends the request.
   */
  download(fileName: string, options: CallOptions): Promise<PortAnswer<AsyncIterable<Uint8Array>>>;
  /** Forgets a job that has ended; its files stay until they are deleted or expire. */
  remove(name: string, options: CallOptions): Promise<PortAnswer<void>>;
}

/** Thrown by the stream of a download that breaks before its last byte. */
export class BatchDownloadError extends Error {
  override readonly name = 'BatchDownloadError';
  /** How it broke, to be classified like any other exchange. */
  readonly record: CallRecord;

  constructor(record: CallRecord) {
    super(record.outcome.kind === 'broken' ? record.outcome.error.message : 'the download broke');
    this.record = record;
  }
}
