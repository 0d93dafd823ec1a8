/** The demo from its first process to its last: opens the stage, plays, audits, shows, cleans up. */
import { relative } from 'node:path';
import { onStopSignal } from '../../src/cli/stop-signal.ts';
import type { Audit } from './audit.ts';
import { audit } from './audit.ts';
import { countWords, whatToTry } from './closing-words.ts';
import { writeContactSheet } from './contact-sheet.ts';
import { playFiles } from './file-scenes.ts';
import { inputImages } from './input-images.ts';
import { endDegraded } from './degraded.ts';
import { killInMidCall } from './killed-worker.ts';
import { playDecisions } from './operator-scenes.ts';
import { playAct } from './play.ts';
import { uselessAnswers } from './scenarios/answers.ts';
import { busyProvider } from './scenarios/busy.ts';
import { goodDays } from './scenarios/good-days.ts';
import { brokenLine } from './scenarios/line.ts';
import { playSession } from './session-scene.ts';
import { playSharedCause } from './shared-cause-scene.ts';
import type { Show } from './show.ts';
import { BACKUP, Stage, WAITS_DIVIDED_BY } from './stage.ts';
import { table } from './table.ts';
import { Teller } from './teller.ts';
import { WaitingScene } from './waiting-scene.ts';

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
    const show: Show = { stage, teller, cast: new Map() };
    const waiting = new WaitingScene(show);
    const code = await Promise.race([perform(show, waiting, options), asked]);
    if (code !== undefined && options.stay) {
      const room = await stage.openConsole();
      console.log(await whatToTry(stage, waiting, room));
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

async function perform(show: Show, waiting: WaitingScene, options: DemoOptions): Promise<number> {
  const { stage, teller, cast } = show;
  const { server, emulator } = stage;
  teller.line(`Temporal server at ${server.address}, its UI at ${server.uiUrl}`);
  teller.line(`Gemini emulator at ${emulator.url}, its ledger at ${emulator.url}/__emulator/calls`);
  const [inputs, a, b] = await Promise.all([inputImages(), stage.addWorker('a'), stage.addWorker('b')]);
  teller.line(
    `workers a (process ${a.pid}) and b (${b.pid}) share a store and two routes: main, and ${BACKUP} for emergencies`,
  );
  const killed = await killInMidCall(show);
  await playAct(show, goodDays(inputs));
  await playAct(show, busyProvider(inputs));
  await endDegraded(show);
  await playAct(show, uselessAnswers());
  await playAct(show, brokenLine());
  await playFiles(show, inputs);
  const film = await playSession(show);
  await playSharedCause(show);
  await playDecisions(show, () => waiting.play());
  teller.heading('The end of two stories');
  await Promise.all([killed.over(), options.stay ? undefined : waiting.reject()]);

  const found = await audit({
    client: stage.client,
    store: stage.store,
    ledger: emulator.calls(),
    started: [...cast.keys()],
    killed: stage.killed,
    asksWorkers: true,
  });
  return await conclude(show, found, film, options);
}

async function conclude(
  { stage, cast }: Show,
  found: Audit,
  film: string,
  options: DemoOptions,
): Promise<number> {
  const { totals, findings } = found;
  const scale = `waits ÷ ${WAITS_DIVIDED_BY}`;
  const page = await writeContactSheet({ out: options.out, store: stage.store, audit: found, cast, scale });
  console.log(`\n${table(found, cast)}\n`);
  console.log(countWords(totals, scale));
  for (const finding of findings) console.log(`  ! ${finding}`);
  console.log(`Contact sheet: ${relative(process.cwd(), page)}`);
  console.log(`Filmstrip of the session: ${relative(process.cwd(), film)}`);
  if (options.json) console.log(JSON.stringify(totals));
  const left = options.stay ? 1 : 0;
  return findings.length > 0 || totals.waiting > left ? 1 : 0;
}
