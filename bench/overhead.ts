/**
 * `npm run -s bench:overhead`: what durability costs. A clean generation against a bare one-activity
 * workflow that calls the same emulator on the same server, with the same worker options; and the
 * history that a clean generation leaves. See BENCHMARKS.md for what this does and does not measure.
 *
 * With `--json` the last line is `{"p50Ratio","throughputRatio","events","historyBytes1K","historyBytes4K"}`,
 * the ratios at 200 ms of provider latency. Exit code 1 when the bench itself fails, never for a number.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../src/contract/search-attributes.ts';
import { startDevServer } from '../src/dev/server.ts';
import type { CpuAccount } from './overhead/cpu-account.ts';
import type { Measured } from './overhead/measure.ts';
import { measure } from './overhead/measure.ts';
import { median, round, spread } from './statistics.ts';

const LATENCIES_MS = [0, 200];
const TARGETS = { p50Ratio: 1.25, throughputRatio: 0.7, events: 16, historyBytes: 16 * 1024 };

function ratios({ ours, bare }: Measured) {
  const perRound = {
    p50: ours.p50Ms.map((ms, round) => ms / (bare.p50Ms[round] as number)),
    throughput: ours.perSecond.map((rate, round) => rate / (bare.perSecond[round] as number)),
  };
  return { perRound, p50: median(perRound.p50), throughput: median(perRound.throughput) };
}

function tell(measured: Measured): void {
  const { latencyMs, ours, bare, sizes } = measured;
  const { p50, throughput, perRound } = ratios(measured);
  const ms = (values: readonly number[]) => `${median(values).toFixed(0)} ms (${spread(values, 0)})`;
  const cpu = (side: readonly CpuAccount[]) =>
    Object.keys(side[0] ?? {})
      .map((name) => `${name} ${median(side.map((round) => round[name] ?? 0)).toFixed(1)}`)
      .join(', ');
  const rate = (values: readonly number[]) => `${median(values).toFixed(1)}/s (${spread(values, 1)})`;
  console.log(`
Provider latency ${latencyMs} ms
  one after another   ours ${ms(ours.p50Ms)}, bare ${ms(bare.p50Ms)}: ratio ${p50.toFixed(2)} (${spread(perRound.p50, 2)})
  50 in flight        ours ${rate(ours.perSecond)}, bare ${rate(bare.perSecond)}: ratio ${throughput.toFixed(2)} (${spread(perRound.throughput, 2)})
  CPU ms a generation ours ${cpu(ours.cpuMs)}
                      bare ${cpu(bare.cpuMs)}
  history of a clean generation: 1K ${sizes['1K'].events} events, ${sizes['1K'].bytes} bytes; 4K ${sizes['4K'].events} events, ${sizes['4K'].bytes} bytes`);
}

console.log(
  'A clean generation against a bare one-activity workflow; medians of 5 interleaved rounds, and their range.',
);
const directory = await mkdtemp(join(tmpdir(), 'gemini-images-bench-'));
const server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
try {
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  let last: Measured | undefined;
  for (const latencyMs of LATENCIES_MS) {
    last = await measure(server, client, directory, latencyMs);
    tell(last);
  }
  await connection.close();
  const { p50, throughput } = ratios(last as Measured);
  const { sizes } = last as Measured;
  console.log(
    `\nTargets at 200 ms: p50 at most ${TARGETS.p50Ratio}×, throughput at least ${TARGETS.throughputRatio}×, ` +
      `at most ${TARGETS.events} events and ${TARGETS.historyBytes} bytes.`,
  );
  if (process.argv.includes('--json')) {
    console.log(
      JSON.stringify({
        p50Ratio: round(p50, 3),
        throughputRatio: round(throughput, 3),
        events: Math.max(sizes['1K'].events, sizes['4K'].events),
        historyBytes1K: sizes['1K'].bytes,
        historyBytes4K: sizes['4K'].bytes,
      }),
    );
  }
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
