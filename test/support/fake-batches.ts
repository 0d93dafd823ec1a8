/**
 * A provider of batch jobs in memory, for what a real one does once in a thousand: answers that are lost,
 * results in any order and shape. Its jobs are its ledger.
 */
import type { BatchJob, BatchPort, NewBatchFile, NewBatchJob } from '../../src/gemini/batch-port.ts';
import type { CallRecord, PortAnswer } from '../../src/gemini/port.ts';

export class FakeBatches implements BatchPort {
  readonly jobs: BatchJob[] = [];
  readonly files = new Map<string, string>();
  readonly cancelled: string[] = [];
  /** What becomes of the next creations. */
  readonly creations: ('lost' | 'refused' | 'denied')[] = [];

  async upload({ lines }: NewBatchFile): Promise<PortAnswer<{ name: string; uri: string; bytes: number }>> {
    let text = '';
    for await (const line of lines)
      text += typeof line === 'string' ? line : Buffer.from(line).toString('utf8');
    const name = `files/input-${this.files.size + 1}`;
    this.files.set(name, text);
    return ok({ name, uri: `https://files/${name}`, bytes: text.length });
  }

  create({ model, displayName, fileName }: NewBatchJob): Promise<PortAnswer<BatchJob>> {
    const course = this.creations.shift();
    if (course === 'refused') return Promise.resolve(failed(429, 'RESOURCE_EXHAUSTED', 'too many jobs'));
    if (course === 'denied')
      return Promise.resolve(failed(403, 'PERMISSION_DENIED', 'no batches for this key'));
    const name = `batches/${this.jobs.length + 1}`;
    const createdAt = new Date().toISOString();
    const job: BatchJob = { name, displayName, model, state: 'queued', createdAt };
    this.jobs.push(job);
    this.files.set(`${name}/input`, this.files.get(fileName) ?? '');
    return Promise.resolve(course === 'lost' ? lost() : ok(job));
  }

  find(displayName: string): Promise<PortAnswer<BatchJob | undefined>> {
    return Promise.resolve(ok(this.jobs.findLast((job) => job.displayName === displayName)));
  }

  get(name: string): Promise<PortAnswer<BatchJob | undefined>> {
    return Promise.resolve(ok(this.jobs.find((job) => job.name === name)));
  }

  cancel(name: string): Promise<PortAnswer<void>> {
    this.cancelled.push(name);
    return Promise.resolve(ok(undefined));
  }

  download(fileName: string): Promise<PortAnswer<AsyncIterable<Uint8Array>>> {
    const text = this.files.get(fileName) ?? '';
    return Promise.resolve(ok(pieces(Buffer.from(text))));
  }

  remove(): Promise<PortAnswer<void>> {
    return Promise.resolve(ok(undefined));
  }

  /** Keys of the items in the n-th job. */
  keysIn(n: number): readonly string[] {
    return (this.files.get(`batches/${n}/input`) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { readonly key: string }).key);
  }

  end(n: number, ending: Partial<BatchJob>, results?: readonly string[]): void {
    const job = this.jobs[n - 1] as BatchJob;
    const resultFile = `${job.name}/results`;
    if (results !== undefined) this.files.set(resultFile, results.join('\n'));
    this.jobs[n - 1] = { ...job, ...ending, ...(results === undefined ? {} : { resultFile }) };
  }
}

function ok<T>(value: T): PortAnswer<T> {
  return { kind: 'ok', value };
}

function failed<T>(code: number, status: string, message: string): PortAnswer<T> {
  const body = Buffer.from(JSON.stringify({ error: { code, status, message } }));
  const headers = { 'content-type': 'application/json' };
  const outcome: CallRecord['outcome'] = { kind: 'answer', status: code, headers, body };
  return { kind: 'failed', record: { outcome, startedAt: Date.now(), tookMs: 1 } };
}

/** The job is there, and its creator does not know. */
function lost<T>(): PortAnswer<T> {
  const error = { name: 'Error', message: 'the connection was lost' };
  const outcome = { kind: 'broken', stage: 'sent', by: 'network', error } as const;
  return { kind: 'failed', record: { outcome, startedAt: Date.now(), tookMs: 1 } };
}

/** Cut anywhere, as a network cuts it. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 1_000);
  }
}
