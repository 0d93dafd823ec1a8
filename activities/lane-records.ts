/**
 * What the store keeps of batches, written once each, so that whoever repeats a step finds what was done:
 *
 * | record | says |
 * |---|---|
 * | `attempts/<generation>/<n>/batch/<entry>/entered` | what is sent, and for whom; its money is held in its tenant's budget |
 * | `attempts/<generation>/<n>/batch/<entry>/claim` | the one job that it goes into, or that it has left before |
 * | `batches/<job>/items` | what is in a job |
 * | `batches/<job>/file` | its file at the provider |
 * | `batches/<job>/create/<k>` | that its creation was sent, for the k-th time; `…/refused`: that it was refused |
 * | `batches/<job>/created` | the provider's name of it |
 *
 * A claim is what makes an item go into one job at most, whoever collects it, and leaving free of charge
 * where it comes first.
 */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { LaneItem, LaneOf } from '../src/contract/lane.ts';

export interface Entered extends LaneOf {
  /** Workflow id and task queue of the lane. */
  readonly lane: string;
  readonly queue: string;
  /** SHA-256 of its line in a file. */
  readonly line: string;
  readonly bytes: number;
  readonly requestDigest: string;
  readonly fingerprint: string;
}

export type Claim = { readonly at: number } & ({ readonly job: string } | { readonly left: true });

export class ItemRecords {
  readonly #store: ArtifactStore;
  readonly #prefix: string;

  constructor(store: ArtifactStore, { generation, n, entry }: LaneItem) {
    this.#store = store;
    this.#prefix = `attempts/${generation}/${n}/batch/${entry}`;
  }

  async enter(entered: Entered): Promise<void> {
    await this.#store.createRecord(`${this.#prefix}/entered`, entered);
  }

  async entered(): Promise<Entered | undefined> {
    return (await this.#store.readRecord(`${this.#prefix}/entered`)) as Entered | undefined;
  }

  /** The claim that stands: ours, or the one that came first. */
  async claim(claim: Claim): Promise<Claim> {
    const created = await this.#store.createRecord(`${this.#prefix}/claim`, claim);
    return created === 'created' ? claim : ((await this.claimed()) ?? claim);
  }

  async claimed(): Promise<Claim | undefined> {
    return (await this.#store.readRecord(`${this.#prefix}/claim`)) as Claim | undefined;
  }
}

export interface SentCreation {
  readonly at: number;
}

export class JobRecords {
  readonly #store: ArtifactStore;
  readonly #prefix: string;

  /** @param name The job's display name. */
  constructor(store: ArtifactStore, name: string) {
    this.#store = store;
    this.#prefix = `batches/${name}`;
  }

  /** The list that stands. */
  async list(items: readonly LaneItem[]): Promise<readonly LaneItem[]> {
    const created = await this.#store.createRecord(`${this.#prefix}/items`, items);
    return created === 'created' ? items : ((await this.items()) ?? items);
  }

  async items(): Promise<readonly LaneItem[] | undefined> {
    return (await this.#store.readRecord(`${this.#prefix}/items`)) as readonly LaneItem[] | undefined;
  }

  async keepFile(file: string): Promise<void> {
    await this.#store.createRecord(`${this.#prefix}/file`, { file });
  }

  async file(): Promise<string | undefined> {
    return ((await this.#store.readRecord(`${this.#prefix}/file`)) as { file: string } | undefined)?.file;
  }

  /** True for the one run that may send the k-th creation. */
  async mayCreate(k: number, at: number): Promise<boolean> {
    return (await this.#store.createRecord(`${this.#prefix}/create/${k}`, { at })) === 'created';
  }

  async creation(k: number): Promise<SentCreation | undefined> {
    return (await this.#store.readRecord(`${this.#prefix}/create/${k}`)) as SentCreation | undefined;
  }

  async refuse(k: number): Promise<void> {
    await this.#store.createRecord(`${this.#prefix}/create/${k}/refused`, {});
  }

  async isRefused(k: number): Promise<boolean> {
    return (await this.#store.readRecord(`${this.#prefix}/create/${k}/refused`)) !== undefined;
  }

  async keepJob(job: string): Promise<string> {
    await this.#store.createRecord(`${this.#prefix}/created`, { job });
    return (await this.job()) ?? job;
  }

  async job(): Promise<string | undefined> {
    return ((await this.#store.readRecord(`${this.#prefix}/created`)) as { job: string } | undefined)?.job;
  }
}
