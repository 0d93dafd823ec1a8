/**
 * The fence (design section 15): the records that make repeating `generate` safe.
 *
 * `attempts/<generation>/<n>/fence` is created before the send; whoever finds it closed never calls.
 * `attempts/<generation>/<n>/outcome` is created once the answer is stored or the call broke, so a
 * run that comes later, on any worker, goes on from there. Both are written once and never changed.
 */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { ArtifactRef } from '../src/domain/artifact.ts';
import type { RawOutcome } from '../src/gemini/port.ts';

export interface Fence {
  readonly requestDigest: string;
  readonly fingerprint: string;
  /** Epoch milliseconds at the worker that closed it. */
  readonly sentAt: number;
  readonly callTimeoutMs: number;
  readonly worker: string;
}

/** How a call ended, with the raw body as an artifact (I2). */
export type StoredOutcome = {
  readonly startedAt: number;
  readonly tookMs: number;
} & (
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly raw: ArtifactRef;
    }
  | Extract<RawOutcome, { kind: 'broken' }>
  /** `left`: by choice, out of a batch job that had it. */
  | { readonly kind: 'lost'; readonly left?: true }
);

export class AttemptRecords {
  private readonly store: ArtifactStore;
  private readonly prefix: string;

  constructor(store: ArtifactStore, generationId: string, n: number) {
    this.store = store;
    this.prefix = `attempts/${generationId}/${n}`;
  }

  /** True for the one run that may call. */
  async closeFence(fence: Fence): Promise<boolean> {
    return (await this.store.createRecord(`${this.prefix}/fence`, fence)) === 'created';
  }

  async fence(): Promise<Fence | undefined> {
    return (await this.store.readRecord(`${this.prefix}/fence`)) as Fence | undefined;
  }

  /** The outcome that stands: ours, or the one that another run recorded first. */
  async settle(outcome: StoredOutcome): Promise<StoredOutcome> {
    const created = await this.store.createRecord(`${this.prefix}/outcome`, outcome);
    return created === 'created' ? outcome : ((await this.outcome()) ?? outcome);
  }

  async outcome(): Promise<StoredOutcome | undefined> {
    return (await this.store.readRecord(`${this.prefix}/outcome`)) as StoredOutcome | undefined;
  }
}
