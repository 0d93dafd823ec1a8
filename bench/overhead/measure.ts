/** One latency of the provider: rounds in which ours and the bare workflow take turns. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import type { DevServer } from '../../src/dev/server.ts';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { startChild } from '../child.ts';
import type { EmulatorReady } from '../emulator-program.ts';
import { median } from '../statistics.ts';
import type { bareGeneration } from './bare-workflow.ts';
import type { CpuAccount } from './cpu-account.ts';
import { cpuAccount, perEach } from './cpu-account.ts';
import { BARE_QUEUE, OUR_QUEUE } from './queues.ts';
import type { WorkersSettings } from './workers-program.ts';

export const MODEL = 'gemini-3-pro-image';
export const PROMPT = 'a red fox in fresh snow, watercolor';
const ROUNDS = 5;
/** Per round and side. */
const ONE_AFTER_ANOTHER = 25;
const AT_ONCE = 50;
const IN_BULK = 200;
const WARM_UP = 60;

export interface Side {
  /** Median of one round's generations, in milliseconds, for each round. */
  readonly p50Ms: readonly number[];
  /** Generations per second, for each round. */
  readonly perSecond: readonly number[];
  /** CPU milliseconds of one generation by program, with many in flight, for each round. */
  readonly cpuMs: readonly CpuAccount[];
}

export interface Measured {
  readonly latencyMs: number;
  readonly ours: Side;
  readonly bare: Side;
  readonly sizes: Readonly<Record<'1K' | '4K', { readonly events: number; readonly bytes: number }>>;
}

type Generate = () => Promise<unknown>;

export async function measure(
  server: DevServer,
  client: Client,
  directory: string,
  latencyMs: number,
): Promise<Measured> {
  const settings: EmulatorOptions = { latencyMs };
  const emulator = await startChild<EmulatorReady>(
    new URL('../emulator-program.ts', import.meta.url),
    settings,
  );
  const store = join(directory, `store-${latencyMs}`);
  const bareOut = join(directory, `bare-${latencyMs}`);
  await mkdir(bareOut, { recursive: true });
  const told: WorkersSettings = { address: server.address, emulatorUrl: emulator.ready.url, store, bareOut };
  const workers = await startChild(new URL('./workers-program.ts', import.meta.url), told);
  try {
    const images = new GeminiImages({ client, store: new FileArtifactStore(store), taskQueue: OUR_QUEUE });
    const ours: Generate = () => images.generate({ prompt: PROMPT });
    const bare: Generate = () =>
      client.workflow.execute<typeof bareGeneration>('bareGeneration', {
        taskQueue: BARE_QUEUE,
        workflowId: randomUUID(),
        args: [{ model: MODEL, prompt: PROMPT, imageSize: '1K' }],
      });
    for (const generate of [ours, bare]) await inFlight(generate, WARM_UP, AT_ONCE);
    const nothing = () => ({ p50Ms: [] as number[], perSecond: [] as number[], cpuMs: [] as CpuAccount[] });
    const seen = { ours: nothing(), bare: nothing() };
    for (let round = 0; round < ROUNDS; round += 1) {
      // The side that begins changes, so that neither always meets the busier machine.
      const order = [['ours', ours] as const, ['bare', bare] as const];
      for (const [side, generate] of round % 2 === 0 ? order : order.toReversed()) {
        seen[side].p50Ms.push(await oneAfterAnother(generate, ONE_AFTER_ANOTHER));
      }
      for (const [side, generate] of round % 2 === 0 ? order : order.toReversed()) {
        const before = cpuAccount();
        seen[side].perSecond.push(await inFlight(generate, IN_BULK, AT_ONCE));
        seen[side].cpuMs.push(perEach(before, cpuAccount(), IN_BULK));
      }
    }
    return { latencyMs, ...seen, sizes: await historySizes(client, images) };
  } finally {
    await workers.stop();
    await emulator.stop();
  }
}

async function oneAfterAnother(generate: Generate, times: number): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const startedAt = performance.now();
    await generate();
    took.push(performance.now() - startedAt);
  }
  return median(took);
}

/** Generations per second with `atOnce` of them in flight. */
async function inFlight(generate: Generate, times: number, atOnce: number): Promise<number> {
  let left = times;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await generate();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (times * 1_000) / (performance.now() - startedAt);
}

/** Of one clean generation each, as the server counts them. */
async function historySizes(client: Client, images: GeminiImages): Promise<Measured['sizes']> {
  const sizeOf = async (size: '1K' | '4K') => {
    const { id } = await images.generate({ prompt: PROMPT, size });
    const { historyLength, historySize } = await client.workflow.getHandle(id).describe();
    return { events: historyLength, bytes: historySize ?? 0 };
  };
  return { '1K': await sizeOf('1K'), '4K': await sizeOf('4K') };
}
