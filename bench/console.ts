/**
 * `npm run -s bench:console`: how long the console's pages take and how large they are, with 100, 2,000 and 20,000
 * generations in the namespace, most of them open and a fifth dead, on a dev server with a database file. See
 * BENCHMARKS.md for what this does and does not measure.
 *
 * With `--json` the last line is `{"100":{"ms","bytes"},"2000":{…},"20000":{…}}`, of the slowest and of the largest of
 * the pages. Exit code 1 when the bench itself fails, never for a number. `--counts 100,500` is for a first look.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../src/contract/search-attributes.ts';
import { startDevServer } from '../src/dev/server.ts';
import { startChild } from './child.ts';
import type { ConsoleReady, ConsoleSettings } from './console/console-program.ts';
import type { Filler } from './console/fill.ts';
import { startFiller } from './console/fill.ts';
import type { Measured } from './console/measure.ts';
import { measure } from './console/measure.ts';
import { watchCpu } from './cpu.ts';
import { round } from './statistics.ts';

const TARGETS = { ms: 1_000, bytes: 1_000_000 };
const LOOKS = 7;
const PAGES = ['/', '/dead-letters', '/dead-letters?cause=capacity', '/sessions', '/spend?days=30'] as const;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    counts: { type: 'string', default: '100,2000,20000' },
  },
});
const counts = values.counts.split(',').map(Number);
if (counts.some((count, i) => !Number.isInteger(count) || count <= (counts[i - 1] ?? 0)))
  throw new Error(`--counts ${values.counts}: give whole numbers, each larger than the one before`);

console.log(`Pages of the console: the first look, then the median of ${LOOKS}, and bytes of HTML.`);
const directory = await mkdtemp(join(tmpdir(), 'gemini-images-console-'));
const summary: Record<string, Largest> = {};
try {
  const server = await startDevServer({
    searchAttributes: SEARCH_ATTRIBUTES,
    dbFile: join(directory, 'temporal.db'),
  });
  try {
    const { address, namespace } = server;
    const connection = await Connection.connect({ address });
    const filler = await startFiller(new Client({ connection, namespace }), { address, namespace });
    for (const count of counts)
      summary[count] = await lookAt(count, filler, { address, namespace, store: join(directory, 'store') });
    await filler.close();
    await connection.close();
  } finally {
    await server.stop();
  }
  console.log(`\nTargets: under ${TARGETS.ms} ms and ${TARGETS.bytes / 1_000_000} MB each.`);
  if (values.json) console.log(JSON.stringify(summary));
} finally {
  await rm(directory, { recursive: true, force: true });
}

interface Largest {
  /** Of the slowest page. */
  readonly ms: number;
  /** Of the largest one. */
  readonly bytes: number;
}

async function lookAt(count: number, filler: Filler, settings: ConsoleSettings): Promise<Largest> {
  const filling = performance.now();
  await filler.fillTo(count);
  const tookS = (performance.now() - filling) / 1_000;
  console.log(`\n${count.toLocaleString('en-US')} generations, made within ${tookS.toFixed(0)} s`);
  const program = new URL('./console/console-program.ts', import.meta.url);
  const child = await startChild<ConsoleReady>(program, settings);
  const cpu = watchCpu();
  try {
    const pages: Measured[] = [];
    for (const page of PAGES) {
      const measured = await measure(`${child.ready.url}${page}`, LOOKS);
      pages.push(measured);
      console.log(`  ${line(page, measured)}`);
    }
    const ms = Math.max(...pages.map((page) => page.ms));
    return { ms: round(ms, 0), bytes: Math.max(...pages.map(({ bytes }) => bytes)) };
  } finally {
    console.log(`  processors busy meanwhile: ${(cpu.stop().mean * 100).toFixed(0)} %`);
    await child.stop();
  }
}

function line(page: string, { firstMs, ms, slowestMs, bytes }: Measured): string {
  const times = `first ${firstMs.toFixed(0)} ms, then ${ms.toFixed(0)} ms (at most ${slowestMs.toFixed(0)})`;
  return `${page.padEnd(30)} ${times}, ${(bytes / 1_000).toFixed(0)} kB`;
}
