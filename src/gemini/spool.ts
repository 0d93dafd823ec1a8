/**
 * Lines of unknown length, kept in a temporary file while they are sent: an upload says first how long
 * it is. Throws what the lines or the disk throw; a deadline or a caller's abort meanwhile is an
 * exchange that broke before anything was sent.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { aborted } from './aborted.ts';
import type { NewBatchFile } from './batch-port.ts';
import type { CallOptions, PortAnswer } from './call.ts';

export interface Spooled {
  readonly path: string;
  /** The caller's options, with what is left of the time. */
  readonly left: CallOptions;
}

export async function spooled<T>(
  lines: NewBatchFile['lines'],
  options: CallOptions,
  send: (file: Spooled) => Promise<PortAnswer<T>>,
): Promise<PortAnswer<T>> {
  const startedAt = Date.now();
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  const timer = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? timer : AbortSignal.any([options.signal, timer]);
  const folder = await mkdtemp(join(tmpdir(), 'gemini-images-'));
  try {
    const path = join(folder, 'requests.jsonl');
    const file = createWriteStream(path, { mode: 0o600 });
    try {
      // Lines that hang do not end with the signal; whoever waits for them does.
      await Promise.race([pipeline(Readable.from(lines), file, { signal }), aborted(signal)]);
    } catch (error) {
      if (!signal.aborted) throw error;
      const by = options.signal?.aborted === true ? 'caller' : 'our-timeout';
      const message = by === 'caller' ? 'the caller ended it' : `no end of lines in ${options.timeoutMs} ms`;
      const outcome = {
        kind: 'broken',
        stage: 'before-send',
        by,
        error: { name: 'Error', message },
      } as const;
      return { kind: 'failed', record: { outcome, startedAt, tookMs: took() } };
    }
    if (file.bytesWritten === 0) throw new RangeError('a batch file needs at least one line');
    return await send({ path, left: { ...options, timeoutMs: Math.max(0, options.timeoutMs - took()) } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
