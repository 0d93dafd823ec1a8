/**
 * `npm run -s bench:ladder -- --json`: one day of a provider that fails as Gemini does, for ours and for what
 * teams run today, each at its documented best: the recovery guides' loop, Vercel's AI SDK, `@google/genai` with
 * `retryOptions`, and LiteLLM's router with fallbacks. See BENCHMARKS.md for what this does and does not measure.
 *
 * The table goes to stderr. With `--json` the last line of stdout is `{"ours":{"delivered","paidPerImage",
 * "caused429","policyResent"},"guideLoop":{…},"aiSdk":{…},"genaiRetry":{…},"litellm":{…}}`. Exit code 1 when the
 * bench itself fails, a missing baseline included, never for a number.
 *
 * `--seed` is another day, `--generations 100` a first look, `--only ours,litellm` runs some, without a last line.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callers, litellm } from './ladder/callers.ts';
import type { DayResult } from './ladder/day.ts';
import { runDay } from './ladder/day.ts';
import { lastLine } from './ladder/judge.ts';
import { ours } from './ladder/ours.ts';
import type { Party, PartyName } from './ladder/party.ts';
import { PARTIES } from './ladder/party.ts';
import { tell } from './ladder/report.ts';
import { MOST_GENERATIONS, traceOf } from './ladder/trace.ts';

/** Of each party. */
const PROCESSES = 2;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: 'ladder-1' },
    generations: { type: 'string', default: '1000' },
    only: { type: 'string', default: PARTIES.join(',') },
  },
});
const generations = Number(values.generations);
if (!Number.isInteger(generations) || generations < 1 || generations > MOST_GENERATIONS)
  throw new Error(`--generations ${values.generations}: give a whole number from 1 to ${MOST_GENERATIONS}`);
const wanted = values.only.split(',').map((name): PartyName => {
  const known = PARTIES.find((party) => party === name);
  if (known === undefined) throw new Error(`--only ${name}: there are ${PARTIES.join(', ')}`);
  return known;
});

function partyOf(name: PartyName): Party {
  if (name === 'ours') return ours(PROCESSES);
  return name === 'litellm' ? litellm(PROCESSES) : callers(name, PROCESSES);
}

const trace = traceOf(values.seed, generations, PROCESSES);
console.error(
  `${generations} generations within ${Math.round(trace.durationMs / 1_000)} s, a day of the provider; its minute is 6 s, and so are ` +
    `all waits of all clients. Seed ${values.seed}; ${PROCESSES} processes each.`,
);
const directory = await mkdtemp(join(tmpdir(), 'gemini-images-ladder-'));
const results: DayResult[] = [];
try {
  // Ours by itself: it needs the cores that a server and workers need, the others next to none.
  const phases: readonly (readonly PartyName[])[] = [['ours'], PARTIES.filter((name) => name !== 'ours')];
  for (const phase of phases) {
    const parties = wanted.filter((name) => phase.includes(name)).map(partyOf);
    if (parties.length === 0) continue;
    const result = await runDay(parties, trace, directory);
    results.push(result);
    tell(phase.includes('ours') ? 'Ours' : 'What teams run today', result);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

if (wanted.length < PARTIES.length) console.error('\nOnly some parties ran: no last line.');
else if (values.json) console.log(lastLine(results.flatMap(({ figures }) => figures)));
