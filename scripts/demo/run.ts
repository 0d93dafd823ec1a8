/** The demo from its first process to its last: opens the stage, plays, audits, shows, cleans up. */
import { relative } from 'node:path';
import { onStopSignal } from '../../src/cli/stop-signal.ts';
import type { Audit } from './audit.ts';
import { audit } from './audit.ts';
import { writeContactSheet } from './contact-sheet.ts';
import { inputImages } from './input-images.ts';
import type { Cast } from './play.ts';
import { killInMidCall, playAct } from './play.ts';
import { acts } from './scenarios.ts';
import { Stage, WAITS_DIVIDED_BY } from './stage.ts';
import { table } from './table.ts';
import { Teller } from './teller.ts';

export interface DemoOptions {
  /** Ends with the audit's totals as one line of JSON. */
  readonly json: boolean;
  readonly stay: boolean;
  /** Absolute path of a directory; what an earlier demo left there is replaced. */
  readonly out: string;
}

const INTRODUCTION = `Good and bad days of image generation: every generation is a Temporal workflow, every call goes
over HTTP to an emulator that answers, refuses, breaks and bills as Gemini does. No key, no account.
Waits ÷ ${WAITS_DIVIDED_BY}: what our policies compute and what the emulator asks for; everything else takes its time.
`;

const STOPPED = 130;

/** Resolves with the exit code, everything ended. A second Ctrl-C ends at once. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const stop = onStopSignal(() => process.exit(STOPPED));
  let stopped = false;
  const asked = stop.asked.then(() => {
    stopped = true;
    console.log('\nEnding workers, server and emulator …');
    return undefined;
  });
  const teller = new Teller();
  console.log(INTRODUCTION);
  let stage: Stage | undefined;
  try {
    stage = await Stage.open(options.out);
    if (stopped) return STOPPED;
    const code = await Promise.race([perform(stage, teller, options), asked]);
    if (code !== undefined && options.stay) {
      console.log(whatToTry(stage, options));
      await asked;
    }
    return code ?? STOPPED;
  } catch (error) {
    if (stopped) return STOPPED;
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await stage?.close();
    stop.release();
  }
}

async function perform(stage: Stage, teller: Teller, options: DemoOptions): Promise<number> {
  const { server, emulator } = stage;
  teller.line(`Temporal server at ${server.address}, its UI at ${server.uiUrl}`);
  teller.line(`Gemini emulator at ${emulator.url}, its ledger at ${emulator.url}/__emulator/calls`);
  const [a, b, c] = await Promise.all([
    stage.addWorker('a'),
    stage.addWorker('b'),
    stage.addWorker('leaked-key', 'leaked'),
  ]);
  teller.line(`workers a (process ${a.pid}) and b (${b.pid}) share one store`);
  teller.line(`a third one (${c.pid}) on a queue of its own has a key that has leaked`);

  const cast: Cast = new Map();
  const killed = await killInMidCall(stage, teller, cast);
  for (const act of acts(await inputImages())) await playAct(stage, teller, cast, act);
  teller.heading('Back to the worker that was killed');
  await killed.over();

  const found = await audit({
    client: stage.client,
    store: stage.store,
    ledger: emulator.calls(),
    started: [...cast.keys()],
    killed: stage.killed,
  });
  return await conclude(stage, found, cast, options);
}

async function conclude(stage: Stage, found: Audit, cast: Cast, options: DemoOptions): Promise<number> {
  const { totals, findings } = found;
  const scale = `waits ÷ ${WAITS_DIVIDED_BY}`;
  const page = await writeContactSheet({ out: options.out, store: stage.store, audit: found, cast, scale });
  console.log(`\n${table(found, cast)}\n`);
  console.log(`Counted from Temporal's histories, the store and the emulator's ledger (${scale}):`);
  console.log(
    `${totals.generations} generations: ${totals.done} done, ${totals.dead} dead, ${totals.cancelled} cancelled, ` +
      `${totals.waiting} waiting; ${totals.images} images.`,
  );
  console.log(
    `Lost: ${totals.lost}. Paid twice: ${totals.paidTwice}. Possibly paid, and booked so before the next call: ${totals.possiblyPaid}.`,
  );
  for (const finding of findings) console.log(`  ! ${finding}`);
  console.log(`Contact sheet: ${relative(process.cwd(), page)}`);
  if (options.json) console.log(JSON.stringify(totals));
  return totals.lost + totals.paidTwice + totals.waiting > 0 ? 1 : 0;
}

function whatToTry({ server, emulator, store }: Stage, { out }: DemoOptions): string {
  const env = `TEMPORAL_ADDRESS=${server.address} GEMINI_IMAGES_STORE=${relative(process.cwd(), `${out}/store`)}`;
  return `
Still running, until Ctrl-C:
  Temporal UI  ${server.uiUrl}/namespaces/${server.namespace}/workflows
  emulator     ${emulator.url}/__emulator/calls (ledger), /__emulator/presets (what can go wrong)
  store        ${store.describe()}
To try, in another terminal:
  ${env} npm run -s gemini-images -- generate 'a tin robot watering tulips [[fault:capacity*2]]'
  curl -s ${emulator.url}/__emulator/faults -d '{"action":"capacity","times":5}' -H 'content-type: application/json'
Open a generation in the UI: the summary of each activity and timer says why it was made.`;
}
