/**
 * Unpacks large responses off the event loop: a block of 4 s there is a lost heartbeat, and that a
 * "lost worker" (facts: heartbeats). Two threads at most, started when first needed, gone when idle,
 * and never what keeps a process alive.
 *
 * Large extractions also take turns, from reading the response to storing its images: those that
 * wait hold nothing, so memory is bounded by the threads and not by the calls in flight.
 */
import { availableParallelism } from 'node:os';
import Tinypool from 'tinypool';
import type { Unpacked } from './unpack.ts';
import { unpack } from './unpack.ts';

/** Below this, posting to a thread costs more than it spares. */
export const LARGE_BYTES = 1024 * 1024;

const THREADS = Math.min(2, availableParallelism());
const IDLE_MS = 10_000;
const LONGEST_UNPACK_MS = 120_000;
const FOREVER_MS = 2 ** 30;

let pool: Tinypool | undefined;
/** Why the threads were given up last, for the tasks that fail by it. */
let broken = 'no reason known';

function threads(): Tinypool {
  // Run from source under type stripping, and from the built package.
  const file = import.meta.url.endsWith('.ts') ? './unpack-thread.ts' : './unpack-thread.js';
  pool ??= new Tinypool({
    filename: new URL(file, import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    idleTimeout: IDLE_MS,
  }).on('error', giveUpThreads);
  return pool;
}

/** A thread that fails without a task would otherwise end the process; waiting tasks fail instead. */
function giveUpThreads(why: Error): void {
  const failed = pool;
  pool = undefined;
  broken = why.message;
  void failed?.destroy();
}

/** Takes `bytes` over: a large body is moved to the thread and empty afterwards. */
export async function unpackOffLoop(bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Unpacked> {
  if (bytes.length <= LARGE_BYTES) return unpack(bytes);
  // A window into a larger buffer would take its neighbours along.
  const own = bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
  const deadline = AbortSignal.timeout(LONGEST_UNPACK_MS);
  // A thread that is starting does not keep the process alive by itself.
  const alive = setInterval(() => undefined, FOREVER_MS);
  const mine = threads();
  try {
    return (await mine.run(own, {
      transferList: [own.buffer],
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    })) as Unpacked;
  } catch (error) {
    if (mine === pool) throw error;
    throw new Error(`the thread that takes responses apart failed: ${broken}`, { cause: error });
  } finally {
    clearInterval(alive);
  }
}

const waiting: (() => void)[] = [];
let turns = THREADS;

/** Runs `act` when it is this one's turn. */
export async function takingTurns<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (turns > 0) turns -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    signal?.throwIfAborted();
    return await act();
  } finally {
    const next = waiting.shift();
    if (next === undefined) turns += 1;
    else next();
  }
}
