/**
 * `npm run -s bench:session`: what an edit session costs. The history that each of a hundred turns adds, and the
 * worker's memory meanwhile; a turn against a bare generation; and a long conversation read back from the store.
 * See BENCHMARKS.md for what this does and does not measure.
 *
 * With `--json` the last line is `{"bytesPerTurnFirst10","bytesPerTurnLast10","turnOverhead","rebuild30Ms"}`.
 * Exit code 1 when the bench itself fails, never for a number. `--turns 20 --rounds 1` is for a first look.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../src/contract/search-attributes.ts';
import { startDevServer } from '../src/dev/server.ts';
import { watchCpu } from './cpu.ts';
import { growth } from './session/growth.ts';
import { rebuild } from './session/rebuild.ts';
import { summary, TARGETS, tellCost, tellGrowth, tellRebuilt } from './session/report.ts';
import type { Place } from './session/stage.ts';
import { bundledIn, onStage } from './session/stage.ts';
import { turnCost } from './session/turn-cost.ts';

const LATENCY_MS = 1_000;
const FEWEST_TURNS = 20;
/** Nothing of ours runs yet: how much others use of the machine. */
const OTHERS_MS = 5_000;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    turns: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
  },
});
const turns = numberOf('turns', FEWEST_TURNS);
const rounds = numberOf('rounds', 1);

function numberOf(option: 'turns' | 'rounds', least: number): number {
  const given = Number(values[option]);
  if (!Number.isInteger(given) || given < least)
    throw new Error(`--${option} ${values[option]}: give a whole number from ${least}`);
  return given;
}

/** Tells how busy the machine was meanwhile: everything shares its cores. */
async function watched<T>(what: string, act: () => Promise<T>): Promise<T> {
  const cpu = watchCpu();
  try {
    return await act();
  } finally {
    const { mean, peak } = cpu.stop();
    const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
    console.log(`\nProcessors busy ${what}: ${percent(mean)} on average, ${percent(peak)} at most.`);
  }
}

console.log(`An edit session; medians, and their range over ${rounds} interleaved rounds where it is timed.`);
await watched('before the start', () => sleep(OTHERS_MS));
const directory = await mkdtemp(join(tmpdir(), 'gemini-images-session-'));
try {
  const server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
  try {
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection, namespace: server.namespace });
    const place: Place = { server, client, directory, bundle: await bundledIn(directory) };

    const grown = await onStage(place, { signatureChecks: true }, (stage) =>
      watched('during the long session', () => growth(stage, turns)),
    );
    tellGrowth(grown);
    const cost = await onStage(place, { latencyMs: LATENCY_MS }, (stage) =>
      watched('beside bare generations', () => turnCost(stage, rounds)),
    );
    tellCost(cost, LATENCY_MS);
    const rebuilt = await onStage(place, {}, (stage) => watched('during the reading', () => rebuild(stage)));
    tellRebuilt(rebuilt);

    await connection.close();
    console.log(
      `\nTargets: history flat from the first turns to the last, a turn at most ${TARGETS.turnOverhead}×.`,
    );
    if (values.json) console.log(JSON.stringify(summary(grown, cost, rebuilt)));
  } finally {
    await server.stop();
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
