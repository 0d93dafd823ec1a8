/** One phase: parties side by side, each with a provider of its own, all through the same day. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { watchCpu } from '../cpu.ts';
import { startRemote } from '../remote.ts';
import type { EmulatorQuestion } from './emulator-program.ts';
import type { Call, Figures } from './judge.ts';
import { judge } from './judge.ts';
import type { Party, PartyName, Running } from './party.ts';
import type { Trace } from './trace.ts';
import { untilDayFits } from './trace.ts';

export interface DayResult {
  readonly figures: readonly (Figures & { readonly party: PartyName })[];
  /** Share of all cores that was busy, 0–1: the mean, and the busiest five seconds. */
  readonly cpu: { readonly mean: number; readonly peak: number };
}

/** Everything is ready before time 0, so that no party gains by starting first. */
const HEAD_START_MS = 1_000;
/** After the last request; whoever still waits then has not delivered. */
export const DRAIN_MS = 150_000;
const LOOK_EVERY_MS = 1_000;
/** Preparing takes a while too. */
const SPARE_MS = 60_000;

export async function runDay(parties: readonly Party[], trace: Trace, directory: string): Promise<DayResult> {
  const { asks, durationMs, emulator } = trace;
  // The day's quota must not come back in the middle, for some sooner than for others.
  const wait = untilDayFits(Date.now(), SPARE_MS + durationMs);
  if (wait > 0) console.error(`Waiting ${Math.ceil(wait / 1_000)} s for the provider's next scaled day.`);
  await sleep(wait);
  const closing: (() => Promise<void>)[] = [];
  try {
    const server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
    closing.push(() => server.stop());
    const ready: { party: PartyName; running: Running; images: string; ledger: Ledger }[] = [];
    for (const party of parties) {
      const provider = await startRemote<string, EmulatorQuestion, readonly Call[]>(
        new URL('./emulator-program.ts', import.meta.url),
        emulator,
      );
      closing.push(() => provider.stop());
      const images = join(directory, `images-${party.name}`);
      await mkdir(images, { recursive: true });
      const running = await party.prepare(asks, { baseUrl: provider.ready, images, directory, server });
      closing.push(() => running.stop());
      ready.push({ party: party.name, running, images, ledger: (question) => provider.ask(question) });
    }
    await Promise.all(ready.map(({ ledger }) => ledger('begin')));
    const startAt = Date.now() + HEAD_START_MS;
    const endAt = startAt + durationMs + DRAIN_MS;
    await Promise.all(ready.map(({ running }) => running.begin(startAt, endAt)));
    const cpu = watchCpu();
    await allDone(
      ready.map(({ running }) => running),
      asks.length,
      endAt,
    );
    const busy = cpu.stop();
    const figures = await Promise.all(
      ready.map(async ({ party, running, images, ledger }) => ({
        party,
        ...(await judge(asks, await ledger('calls'), await running.outcomes(), images, startAt)),
      })),
    );
    return { figures, cpu: busy };
  } catch (error) {
    // What fails while everything is taken down must not hide why it is.
    console.error(error);
    throw error;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

type Ledger = (question: EmulatorQuestion) => Promise<readonly Call[]>;

async function allDone(runs: readonly Running[], requests: number, endAt: number): Promise<void> {
  while (Date.now() < endAt) {
    await sleep(LOOK_EVERY_MS);
    const counts = await Promise.all(runs.map(async (run) => (await run.outcomes()).length));
    if (counts.every((count) => count >= requests)) return;
  }
}
