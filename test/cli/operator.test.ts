/**
 * What an operator does at a prompt: finds what is stuck, reads what is asked, and answers with the very
 * command lines that were printed. Real programs on a real server, the ledger as judge.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { deadRecordName } from '../../src/contract/names.ts';
import type { Rig } from '../support/rig.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { alone, asked, GONE, KEYS, LEAKED, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import type { Ended, Running } from './program.ts';
import { jsonLines, onlyJson, run, start } from './program.ts';

/** Milliseconds: several programs, one after another. */
const SLOW = 120_000;
const WHY = ['--why', "it's needed", '--by', 'ann'];

let rig: Rig;
beforeAll(async () => {
  rig = await startOperatorRig();
  await rig.worker({ ...twoRoutes(rig), textModel: { model: 'gemini-3.6-flash' } });
});
afterAll(() => rig.close());

function environment({ server, taskQueue, directory }: Rig): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    GEMINI_IMAGES_TASK_QUEUE: taskQueue,
    GEMINI_IMAGES_STORE: directory,
  };
}

const cli = (args: readonly string[], on = rig): Promise<Ended> => run(args, { env: environment(on) });

/** Waits for a person, as its own matter. */
async function waiting(prompt: string): Promise<string> {
  const { id } = await rig.images.start({ prompt: `${prompt} ${GONE}` });
  await asked(rig, id);
  return id;
}

/** The arguments of a command line as it was printed, with a reason instead of the placeholder. */
function pasted(line: string): readonly string[] {
  const args = /gemini-images -- (.*)$/.exec(line)?.[1] ?? '';
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  return words.map((word) => (word === '…' ? 'as the page says' : word));
}

interface Question {
  readonly branch: string;
  readonly evidence: string;
  readonly offers: readonly { choice: string; command: string; signal: string; json: string }[];
}

function offer(question: Question, choice: string) {
  const found = question.offers.find((each) => each.choice === choice);
  if (found === undefined) throw new Error(`${choice} is not offered: ${JSON.stringify(question)}`);
  return found;
}

describe('a question', { timeout: SLOW }, () => {
  test('is shown with its price, and the printed command line answers it', async () => {
    const own = await alone();
    const { id } = await own.images.start({ prompt: `a fox ${LEAKED}` });
    await asked(own, id);
    const { stdout } = await cli(['show', id], own);
    expect(stdout).toContain('question  permission/key-leaked, 1 in a row, 1 proves it; decide until');
    expect(stdout).toMatch(/leave to route backup, gemini-3-pro-image, at most \d\.\d{3} USD/);
    expect(stdout).toContain('scope     everything with the same credential fails alike');
    const question = onlyJson((await cli(['show', id, '--json'], own)).stdout)['ask'] as Question;
    const { command, signal, json } = offer(question, 'route-out');
    expect(stdout).toContain(`$ ${command}`);
    expect(stdout).toContain(`signal ${signal} ${json}`);

    const placeholder = await cli(['approve', id, '--route', 'backup', '--why', '…'], own);
    expect(placeholder).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(placeholder.stderr).toContain('--why: say why in your own words');

    const approved = await cli([...pasted(command), '--by', 'ann'], own);
    expect(approved).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(approved.stdout).toContain('taken: route out to backup');
    expect((await own.images.result(id)).route).toBe('backup');
    expect(own.bills(id)).toBe(1);

    const shown = await cli(['show', id], own);
    expect(shown.stdout).toMatch(/taken {4}route-out backup by ann: as the page says/);
    const late = await cli(['approve', id, ...WHY], own);
    expect(late.code).toBe(EXIT.failed);
    expect(late.stderr).toContain('its images were delivered');
    for (const key of Object.values(KEYS)) expect(stdout + shown.stdout).not.toContain(key);
  });

  test('the JSON for Temporal’s UI answers it as well', async () => {
    const id = await waiting('a fox by signal');
    const question = onlyJson((await cli(['show', id, '--json'])).stdout)['ask'] as Question;
    const { signal, json } = offer(question, 'route-out');
    await rig.client.workflow.getHandle(id).signal(signal, JSON.parse(json.replaceAll('…', 'ann')));
    const { route, decisions } = await rig.images.result(id);
    expect([route, decisions?.[0]?.outcome]).toEqual(['backup', 'taken']);
  });

  test('whoever is the operator by environment decides; a refused decision stands in `show`', async () => {
    const id = await waiting('a fox for the environment');
    const env = { ...environment(rig), GEMINI_IMAGES_OPERATOR: 'night shift' };
    const wrong = await run(['approve', id, '--route', 'nowhere', '--why', 'x', '--json'], { env });
    expect(wrong.code).toBe(EXIT.failed);
    expect(onlyJson(wrong.stdout)).toMatchObject({
      error: { name: 'DecisionRefused', refusal: { outcome: 'refused', evidence: expect.any(String) } },
    });
    expect((await run(['approve', id, '--rewrite', '--why', 'x', '--later'], { env })).code).toBe(EXIT.ok);
    await eventually('the answer', async () => (await rig.images.describe(id)).decisions.length === 1);
    const { stdout } = await cli(['show', id]);
    expect(stdout).toMatch(
      /refused {2}rewrite by night shift: x\n +rewrite is not offered; .*sent by signal/,
    );
    const rejected = await run(['reject', id, '--why', 'too dear'], { env });
    expect(rejected.stdout).toContain('reject on');
    expect(await errorOf(rig.images.result(id))).toMatchObject({ failure: { cause: 'rejected' } });
  });

  test('evidence that has changed is told with the refusal', async () => {
    const own = await alone();
    const { id } = await own.images.start({ prompt: 'a fox [[fault:key-leaked, billing-disabled]]' });
    const { ask } = await asked(own, id);
    expect((await cli(['retry', id, ...WHY], own)).stdout).toContain('taken  retry on');
    const now = await asked(own, id, { not: ask.evidence });
    const stale = await cli(['approve', id, ...WHY, '--evidence', ask.evidence.slice(0, 12)], own);
    expect(stale.code).toBe(EXIT.failed);
    expect(stale.stderr).toContain('(stale)');
    expect(stale.stderr).toContain(now.ask.evidence);
    expect((await cli(['retry', id, ...WHY, '--change', 'size=2K'], own)).code).toBe(EXIT.ok);
    expect(await own.images.result(id)).toMatchObject({ route: 'main', size: '2K' });
  });

  test('with every worker down it is found, shown, and answered for later', async () => {
    const lonely = await startOperatorRig();
    try {
      const worker = await lonely.worker(twoRoutes(lonely));
      const { id } = await lonely.images.start({ prompt: `a lonely fox ${LEAKED}` });
      await asked(lonely, id);
      await worker.stop();
      await eventually('it in the list', async () =>
        (await lonely.images.list({ stuck: true, limit: 1_000 })).some((each) => each.id === id),
      );
      const stuck = await cli(['list', '--stuck'], lonely);
      expect(stuck.stdout).toMatch(/\d+ × permission\/key-leaked, held since \d\d:\d\d/);
      expect(stuck.stdout).toContain(`  ${id}\n`);
      expect(stuck.stdout).toMatch(/may be decided: .*route-out backup/);

      const shown = await cli(['show', id], lonely);
      expect(shown.stdout).toContain('no worker answered');
      const line = /\$ (.* approve .*)/.exec(shown.stdout)?.[1] ?? '';
      expect(line).toContain('--later');
      const now = await cli(
        pasted(line)
          .filter((word) => word !== '--later')
          .concat('--connect-timeout', '2s'),
        lonely,
      );
      expect(now.code).toBe(EXIT.unreachable);
      expect(now.stderr).toContain('--later');
      const later = await cli([...pasted(line), '--json'], lonely);
      expect(onlyJson(later.stdout)).toMatchObject({ outcome: 'sent', choice: 'route-out' });
      await lonely.worker(twoRoutes(lonely));
      expect((await lonely.images.result(id)).route).toBe('backup');
      expect(lonely.bills(id)).toBe(1);
    } finally {
      await lonely.close();
    }
  });
});

describe('a rewrite that waits for approval', { timeout: SLOW }, () => {
  const PROMPT = 'Mickey Mouse in a swimsuit selling shoes [[fault:image-safety*always]]';
  const request = { prompt: PROMPT, allow: { rewrite: 'ask' } } as const;

  test('is shown with its difference, and sent once a person has read it', async () => {
    const { id } = await rig.images.start(request);
    await asked(rig, id, { choice: 'rewrite' });
    const { stdout } = await cli(['show', id]);
    expect(stdout).toMatch(/send the rewritten prompt \(.+\), at most/);
    expect(stdout).toMatch(/\[-.*Mickey/);
    const approved = await cli(['approve', id, '--rewrite', ...WHY]);
    expect(approved.code).toBe(EXIT.ok);
    await rig.images.result(id);
    const done = await cli(['show', id]);
    expect(done.stdout).toMatch(/prompt changed by rewrite: \S/);
    expect(done.stdout).toMatch(/\[-.*Mickey/);
    expect(onlyJson((await cli(['show', id, '--json'])).stdout)['promptDiff']).toContainEqual(
      expect.objectContaining({ removed: true }),
    );
  });

  test('keeps its texts to itself where the caller hides the prompt', async () => {
    const { id } = await rig.images.start({ ...request, hidePrompt: true });
    const { ask } = await asked(rig, id, { choice: 'rewrite' });
    const { stdout } = await cli(['show', id]);
    expect(stdout).not.toContain('Mickey');
    expect(stdout).toContain('texts hidden, as the request says');
    await rig.images.decide(id, { choice: 'rewrite', by: 'ann', why: 'read', evidence: ask.evidence });
    await rig.images.result(id);
    expect((await cli(['show', id])).stdout).not.toContain('Mickey');
  });
});

describe('watch', { timeout: SLOW }, () => {
  function watching(id: string, ...args: readonly string[]): Running {
    return start(['watch', id, ...args], { env: environment(rig) });
  }

  test('tells each phase once, the question with its answers, goes on, and ends as it ends', async () => {
    const id = await waiting('a watched fox');
    const program = watching(id, '--json');
    const question = (await program.event('question')) as unknown as Question;
    expect(question).toMatchObject({ id, branch: 'model-gone' });
    expect((await cli([...pasted(offer(question, 'route-out').command), '--by', 'ann'])).code).toBe(EXIT.ok);
    const { code, stdout } = await program.ended;
    expect(code).toBe(EXIT.ok);
    const events = jsonLines(stdout);
    expect(events.at(-1)).toMatchObject({ event: 'ended', outcome: 'done', route: 'backup' });
    expect(events.filter(({ event }) => event === 'question')).toHaveLength(1);
    const phases = events
      .filter(({ event }) => event === 'phase')
      .map(({ phase, why }) => `${String(phase)}${String(why)}`);
    expect(phases[0]).toMatch(/^awaiting-operator/);
    expect(phases.filter((each, i) => each === phases[i - 1])).toEqual([]);
  });

  test('a dead letter: code 3; a wait that is over: code 4; Ctrl-C: 130, and it goes on', async () => {
    const id = await waiting('a fox to watch');
    const over = await cli(['watch', id, '--wait', '1s']);
    expect(over.code).toBe(EXIT.stillRunning);
    expect(over.stdout).toContain('a person is asked; what may be decided:');
    const program = watching(id);
    await eventually('the question', () => program.stdout().includes('question  model-gone'));
    program.signal('SIGINT');
    const { code, stderr } = await program.ended;
    expect(code).toBe(EXIT.interrupted);
    expect(stderr).toContain(`${id} goes on; look again:`);
    await cli(['reject', id, ...WHY]);
    const dead = await cli(['watch', id]);
    expect(dead.code).toBe(EXIT.generationFailed);
    expect(dead.stdout).toContain('ended by rejected');
  });
});

describe('a dead letter', { timeout: SLOW }, () => {
  test('is listed and brought back by `retry`, which says so', async () => {
    const { id } = await rig.images.start({ prompt: 'a fox [[fault:invalid-request]]' });
    await errorOf(rig.images.result(id));
    await eventually('it in the list', async () =>
      (await rig.images.list({ dead: true, limit: 1_000 })).some((each) => each.id === id),
    );
    const dead = onlyJson(
      (await cli(['list', '--dead', '--branch', 'invalid-request', '--limit', '1000', '--json'])).stdout,
    );
    expect(dead['generations']).toContainEqual(
      expect.objectContaining({ id, branch: 'invalid-request', phase: 'dead' }),
    );
    const causes = onlyJson(
      (await cli(['list', '--dead', '--causes', '--branch', 'invalid-request', '--json'])).stdout,
    );
    expect(causes).toMatchObject({
      causes: [
        {
          branch: 'invalid-request',
          count: expect.any(Number) as number,
          priced: expect.any(Number) as number,
        },
      ],
    });

    const revived = await cli(['retry', id, '--change', 'size=2K', ...WHY, '--max-paid-calls', '2']);
    expect(revived).toMatchObject({ code: EXIT.ok });
    expect(revived.stdout).toContain('by ann, with another size; it had ended unserved');
    const done = await cli(['watch', id]);
    expect(done.code).toBe(EXIT.ok);
    const shown = await cli(['show', id]);
    expect(shown.stdout).toContain("revived   by ann, with another size: it's needed");
    expect(rig.calls(id).map(({ generation }) => generation?.n)).toEqual([1, 2]);
    const again = await cli(['retry', id, ...WHY]);
    expect(again).toMatchObject({ code: EXIT.failed, stdout: '' });
    expect(again.stderr).toContain('it was delivered');
  });
});

describe('a dead letter that Temporal has forgotten', { timeout: SLOW }, () => {
  test('is shown from the store, and `retry` brings it back', async () => {
    const { id } = await rig.images.start({ prompt: 'a fox [[fault:invalid-request]]' });
    await errorOf(rig.images.result(id));
    const { runId } = await rig.images.describe(id);
    const forgotten = `${id}-forgotten`;
    const record = await rig.store.readRecord(deadRecordName(id, runId));
    await rig.store.createRecord(deadRecordName(forgotten, runId), record);
    const shown = await cli(['show', forgotten]);
    expect(shown.stdout).toMatch(new RegExp(`^failed  ${forgotten}\n`));
    expect(shown.stdout).toContain('verdict   invalid-request/');
    const json = onlyJson((await cli(['show', forgotten, '--json'])).stdout);
    expect(json).toMatchObject({ status: 'failed', phase: 'dead', ask: null });
    const revived = await cli(['retry', forgotten, '--change', 'prompt=an owl', ...WHY]);
    expect(revived.stdout).toContain('it had ended unserved');
    expect((await cli(['watch', forgotten])).code).toBe(EXIT.ok);
  });
});

describe('cancel', { timeout: SLOW }, () => {
  test('ends one that runs; one that has ended otherwise stays as it is', async () => {
    const id = await waiting('a fox to cancel');
    const asking = await cli(['cancel', id, '--json']);
    expect(onlyJson(asking.stdout)).toMatchObject({ outcome: 'cancelling', id });
    expect((await cli(['watch', id])).code).toBe(EXIT.generationFailed);
    expect((await cli(['cancel', id])).stdout).toContain('cancelled');
    const { id: done } = await rig.images.generate({ prompt: 'a fox' });
    const late = await cli(['cancel', done]);
    expect(late).toMatchObject({ code: EXIT.failed, stdout: '' });
    expect(late.stderr).toContain('has ended already (completed)');
  });
});

describe('list', { timeout: SLOW }, () => {
  test('fits 100 columns', async () => {
    const { stdout } = await cli(['list']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^phase +verdict +since +id$/);
    expect(lines.at(-1)).toMatch(/^\d+ generations?, of \d+ looked at$/);
    // An id is never cut: it is to be copied.
    for (const line of lines.slice(1, -1)) expect(line.indexOf('gemini-image/')).toBeLessThanOrEqual(51);
    const ours = lines.filter((line) => /gemini-image\/[0-9a-f-]{36}$/.test(line));
    for (const line of ours) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('mistakes are told by their option, before any server is asked', () => {
  test.each([
    [['approve', 'x'], "required option '--why <text>' not specified"],
    [['approve', 'x', '--why', ' '], '--why: say why in your own words'],
    [['approve', 'x', '--why', 'y', '--route', 'r', '--rewrite'], 'cannot be used with'],
    [['retry', 'x', '--why', 'y', '--change', 'size'], 'Write field=value, such as size=1K.'],
    [['retry', 'x', '--why', 'y', '--change', 'size=1K', '--change', 'seed=1'], 'one variable at a time'],
    [['retry', 'x', '--why', 'y', '--max-paid-calls', '0'], 'Give a whole number from 1.'],
    [['list', '--status', 'stuck'], 'Allowed choices are running, completed'],
    [['list', '--branch', 'overload'], 'Allowed choices are quota-minute'],
    [['list', '--stuck', '--dead'], 'cannot be used with'],
    [['list', '--limit', 'all'], 'Give a whole number from 1.'],
  ])('%j: %s', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr.toLowerCase()).toContain(sentence.toLowerCase());
  });

  test('a changed value that the schema refuses, a run of one that is running, an id that never was', async () => {
    const id = await waiting('a fox with a wrong value');
    const wrong = await cli(['retry', id, ...WHY, '--change', 'size=3K']);
    expect(wrong.code).toBe(EXIT.usage);
    expect(wrong.stderr).toContain('--change: size must be one of 512, 1K, 2K, 4K');
    const unknown = await cli(['retry', id, ...WHY, '--change', 'tenant=other']);
    expect(unknown.stderr).toContain('--change: must name a field that can be changed');
    const dead = await cli(['retry', id, ...WHY, '--max-paid-calls', '2']);
    expect(dead.stderr).toContain('--max-paid-calls: ');
    const evidence = await cli(['approve', id, ...WHY, '--evidence', 'last']);
    expect(evidence.stderr).toContain('--evidence: must be the SHA-256');
    for (const args of [['cancel'], ['watch'], ['retry', ...WHY], ['approve', ...WHY]]) {
      const [name = '', ...rest] = args;
      const { code, stderr } = await cli([name, 'gemini-image/none', ...rest]);
      expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining('no generation')]);
    }
    await rig.client.workflow.getHandle(id).terminate();
  });
});
