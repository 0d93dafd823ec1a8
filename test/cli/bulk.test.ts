/**
 * `bulk` as its users run it: a real program on a real server that is killed and started again, the emulator's
 * ledger as judge of what was paid.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { ResultLine } from '../../src/cli/bulk/results-file.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { DIRECTORY, jsonLines, onlyJson, run, start } from './program.ts';
import type { Ended, Running } from './program.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.worker();
});
afterAll(() => rig.close());

const SLOW = 240_000;

function environment(): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: rig.server.address,
    TEMPORAL_NAMESPACE: rig.server.namespace,
    GEMINI_IMAGES_TASK_QUEUE: rig.taskQueue,
    GEMINI_IMAGES_STORE: rig.directory,
  };
}

const bulk = (args: readonly string[], input?: string): Promise<Ended> =>
  run(['bulk', ...args], { env: environment(), ...(input === undefined ? {} : { input }) });
const started = (args: readonly string[]): Running => start(['bulk', ...args], { env: environment() });

async function prompts(lines: readonly (object | string)[]): Promise<string> {
  const name = `prompts-${randomUUID().slice(0, 8)}.jsonl`;
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await writeFile(join(DIRECTORY, name), text);
  return name;
}

const OUT = (): string => `out-${randomUUID().slice(0, 8)}`;
const at = (out: string, file: string): string => join(DIRECTORY, out, file);

function resultsOf(out: string): readonly ResultLine[] {
  return existsSync(at(out, 'results.jsonl'))
    ? (jsonLines(readFileSync(at(out, 'results.jsonl'), 'utf8')) as unknown as readonly ResultLine[])
    : [];
}

function foxes(n: number): readonly object[] {
  return Array.from({ length: n }, (_, i) => ({ id: `fox-${i}`, prompt: `a fox, number ${i}`, size: '1K' }));
}

function billsByPrompt(prefix: string): ReadonlyMap<string, number> {
  const bills = new Map<string, number>();
  for (const { prompt = '', billed } of rig.calls())
    if (billed === true && prompt.startsWith(prefix)) bills.set(prompt, (bills.get(prompt) ?? 0) + 1);
  return bills;
}

describe('120 lines with bad ones among them, killed twice', () => {
  test(
    'each good line is delivered once and paid once, each bad one is told by its number',
    { timeout: SLOW },
    async () => {
      const good = Array.from({ length: 110 }, (_, i) => ({
        id: `wolf-${i}`,
        prompt: `a wolf, number ${i}`,
      }));
      const bad: readonly (object | string)[] = [
        'a wolf, in plain text',
        '{"prompt":"cut',
        { id: 'x', prompt: 'a wolf', promt: 'y' },
        { id: 'wolf-3', prompt: 'a wolf with an id that is taken' },
        { id: 'y', prompt: '' },
        { id: 'z', prompt: 'a wolf', size: '3K' },
        `{"id":"long","prompt":"${'x'.repeat(2_000_000)}"}`,
        { id: 'wolf#2', prompt: 'a wolf' },
        '',
        { id: 'dead', prompt: 'a wolf, refused [[fault:invalid-request*always]]' },
      ];
      const lines: (object | string)[] = [...good];
      for (const [i, each] of bad.entries()) lines.splice((i + 1) * 10, 0, each);
      expect(lines).toHaveLength(120);
      const file = await prompts(lines);
      const out = OUT();
      const args = [file, '--out', out, '--in-flight', '20', '--json'];

      for (const atLeast of [15, 60]) {
        const program = started(args);
        await eventually(`${atLeast} results`, () => program.hasEnded() || resultsOf(out).length >= atLeast);
        expect(program.hasEnded()).toBe(false);
        program.signal('SIGKILL');
        await program.ended;
      }
      // As a kill in the middle of a write would leave it.
      const whole = readFileSync(at(out, 'results.jsonl'), 'utf8');
      writeFileSync(at(out, 'results.jsonl'), `${whole}{"key":"wolf-28`);
      writeFileSync(at(out, 'images/.0123456789abcdef.1.partial'), 'half an image');
      const last = started(args);
      const { code, stdout } = await last.ended;

      const told = onlyJson(stdout);
      expect(told).toMatchObject({
        outcome: 'incomplete',
        delivered: 110,
        failed: 1,
        invalid: 8,
        notStarted: 0,
      });
      expect(told['branches']).toEqual({ 'invalid-request': 1 });
      expect(code).toBe(EXIT.generationFailed);
      const results = resultsOf(out);
      const keys = results.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.toSorted()).toEqual([...good.map(({ id }) => id), 'dead'].toSorted());
      const bills = billsByPrompt('a wolf, number');
      expect(bills.size).toBe(110);
      expect([...bills.values()].every((n) => n === 1)).toBe(true);
      const invalid = jsonLines(readFileSync(at(out, 'invalid.jsonl'), 'utf8'));
      expect(invalid.map(({ line }) => line)).toEqual([11, 21, 31, 41, 51, 61, 71, 81]);
      expect(invalid[3]?.['why']).toContain('has the id of line 4');
      expect(await readdir(at(out, 'images'))).toHaveLength(110);
      const page = readFileSync(at(out, 'index.html'), 'utf8');
      expect(page.match(/<figure>/g)).toHaveLength(111);
      expect(page).toContain('invalid-request/');
    },
  );
});

describe('what a run leaves', () => {
  test('images that decode, a line for each, a page that shows them; and it is done', async () => {
    const file = await prompts([
      { id: 'Ärger & <fox>', prompt: 'a "fox" & <b>more</b>' },
      { prompt: 'a hen', hidePrompt: true },
    ]);
    const out = OUT();
    const { code, stdout, stderr } = await bulk([file, '--out', out, '--urgency', 'batch']);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    expect(stdout).toMatch(/^done {2}2 delivered, bulk /);
    const [fox, hen] = resultsOf(out).toSorted((a, b) => a.line - b.line);
    expect([fox?.key, hen?.key]).toEqual(['Ärger & <fox>', '2']);
    expect([fox?.prompt, hen?.prompt]).toEqual(['a "fox" & <b>more</b>', undefined]);
    for (const each of [fox, hen]) {
      const [image] = each?.images ?? [];
      expect((await sharp(at(out, image?.file ?? '')).metadata()).width).toBe(image?.width);
      expect((await sharp(at(out, image?.preview ?? '')).metadata()).format).toBe('webp');
    }
    const page = readFileSync(at(out, 'index.html'), 'utf8');
    expect(page).toContain('Ärger &amp; &lt;fox&gt;');
    expect(page).not.toContain('<b>more</b>');
    expect(page).not.toContain('a hen');
    expect((await rig.images.request(fox?.id ?? ''))?.urgency).toBe('batch');
  });

  test('run again nothing is asked; a line that was changed since is refused, a new one is started', async () => {
    const out = OUT();
    const first = await prompts(foxes(4));
    expect((await bulk([first, '--out', out])).code).toBe(EXIT.ok);
    const before = rig.calls().length;
    expect((await bulk([first, '--out', out])).code).toBe(EXIT.ok);
    expect(rig.calls()).toHaveLength(before);
    const changed = await prompts([
      ...foxes(3),
      { id: 'fox-3', prompt: 'a hen' },
      { id: 'new', prompt: 'a new fox' },
    ]);
    const { code, stderr } = await bulk([changed, '--out', out]);
    expect(code).toBe(EXIT.failed);
    expect(stderr).toContain('line 4 (fox-3): has the id of another request that has ended');
    expect(resultsOf(out).map(({ key }) => key)).toContain('new');
    expect(resultsOf(out)).toHaveLength(5);
    expect(rig.calls()).toHaveLength(before + 1);
  });

  test('variants, and a budget of the whole bulk that holds across runs', async () => {
    const out = OUT();
    const file = await prompts(foxes(6));
    const args = [file, '--out', out, '--variants', '2', '--in-flight', '1', '--json'];
    const first = await bulk([...args, '--max-cost', '0.3']);
    const told = onlyJson(first.stdout);
    const delivered = Number(told['delivered']);
    expect(first.code).toBe(EXIT.failed);
    const left = { notStarted: 12 - delivered, beyondBudget: 12 - delivered, maxCostUsd: 0.3 };
    expect(told).toMatchObject({ outcome: 'incomplete', failed: 0, ...left });
    const calls = rig.calls().length;
    const again = await bulk([...args, '--max-cost', '0.3']);
    expect(onlyJson(again.stdout)).toMatchObject({ delivered, notStarted: 12 - delivered });
    expect(rig.calls()).toHaveLength(calls);
    const whole = await bulk(args);
    expect(whole.code).toBe(EXIT.ok);
    expect(
      resultsOf(out)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(
      foxes(6)
        .flatMap((_, i) => [`fox-${i}`, `fox-${i}#2`])
        .toSorted(),
    );
    expect(rig.calls()).toHaveLength(calls + 12 - delivered);
  });

  test('Ctrl-C: those in flight go on and are named; the same command line finds them', async () => {
    const out = OUT();
    const slow = foxes(3).map((fox) => ({ ...fox, prompt: 'a hare [[fault:slow-headers(4s)]]' }));
    const file = await prompts(slow);
    const program = started([file, '--out', out, '--json']);
    await eventually(
      'calls under way',
      () => rig.calls().filter(({ prompt }) => prompt?.startsWith('a hare')).length === 3,
    );
    program.signal('SIGINT');
    const { code, stdout } = await program.ended;
    expect(code).toBe(EXIT.interrupted);
    const told = onlyJson(stdout);
    expect(told).toMatchObject({ outcome: 'interrupted', delivered: 0 });
    expect((told['running'] as readonly { key: string }[]).map(({ key }) => key).toSorted()).toEqual([
      'fox-0',
      'fox-1',
      'fox-2',
    ]);
    expect((await bulk([file, '--out', out])).code).toBe(EXIT.ok);
    expect(rig.calls().filter(({ prompt }) => prompt?.startsWith('a hare'))).toHaveLength(3);
  });

  test('two at once in one directory: the second is refused and touches nothing', async () => {
    const out = OUT();
    const file = await prompts([{ prompt: 'a toad [[fault:slow-headers(4s)]]' }]);
    const first = started([file, '--out', out]);
    await eventually('the lock', () => existsSync(at(out, '.lock')));
    const second = await bulk([file, '--out', out]);
    expect(second.code).toBe(EXIT.usage);
    expect(second.stderr).toContain(`works in ${out}`);
    expect((await first.ended).code).toBe(EXIT.ok);
  });
});

describe('dead letters', () => {
  test(
    'revived by their cause they are delivered into the directory; what stays dead is not asked',
    { timeout: SLOW },
    async () => {
      const out = OUT();
      const file = await prompts([
        ...foxes(2),
        ...['a', 'b'].map((id) => ({ id, prompt: `a crane ${id} [[fault:invalid-request]]` })),
        { id: 'never', prompt: 'a crane [[fault:prohibited-content*always]]' },
      ]);
      const args = [file, '--out', out];
      const first = await bulk(args);
      expect(first.code).toBe(EXIT.generationFailed);
      expect(first.stdout).toMatch(/failed +3: 2 invalid-request, 1 policy/);
      const before = rig.calls().length;
      const unchanged = await bulk(args);
      expect(unchanged.code).toBe(EXIT.generationFailed);
      expect(rig.calls()).toHaveLength(before);
      expect(resultsOf(out)).toHaveLength(5);

      const ids = resultsOf(out).flatMap(({ key, id }) => (['a', 'b'].includes(key) ? [id] : []));
      const revive = ['revive', '--cause', 'invalid-request', '--by', 'ann', '--why', 'it was our mistake'];
      const query = ids.map((id) => `WorkflowId = '${id}'`).join(' OR ');
      const revived = await run([...revive, '--query', query, '--json'], { env: environment() });
      expect(revived.code).toBe(EXIT.ok);
      expect(onlyJson(revived.stdout)).toMatchObject({ outcome: 'revived', revived: 2, left: 0, by: 'ann' });
      for (const id of ids) expect(revived.stderr).toContain(`revived  ${id}`);

      const last = await bulk([...args, '--json']);
      expect(onlyJson(last.stdout)).toMatchObject({ delivered: 4, failed: 1, branches: { policy: 1 } });
      expect(rig.calls()).toHaveLength(before + 2);
      const newest = resultsOf(out).slice(5);
      expect(newest.map(({ key, outcome }) => `${key} ${outcome}`).toSorted()).toEqual([
        'a delivered',
        'b delivered',
      ]);
      for (const { images } of newest) expect(existsSync(at(out, images[0]?.file ?? ''))).toBe(true);
      const page = readFileSync(at(out, 'index.html'), 'utf8');
      expect(page.match(/<figure>/g)).toHaveLength(5);
      expect(page).not.toContain('invalid-request/');
      expect((await bulk([...args, '--json'])).stdout).toContain('"delivered":4');
      expect(resultsOf(out)).toHaveLength(7);
    },
  );

  test.each([
    [['--why', 'x'], "required option '--cause <cause>'"],
    [['--cause', 'capacity'], "required option '--why <text>'"],
    [['--cause', 'weather', '--why', 'x'], 'must be a branch, or branch/reason'],
    [['--cause', 'capacity', '--why', ' '], '--why: say why in your own words'],
  ])('revive %j: %s', async (args, sentence) => {
    const { code, stdout, stderr } = await run(['revive', ...args], { env: environment() });
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});

describe('mistakes', () => {
  test.each([
    [['nowhere.jsonl', '--out', 'x1'], 'there is no such file'],
    [['.', '--out', 'x2'], 'is a directory'],
    [['-'], "required option '--out <dir>'"],
    [['-', '--out', 'x3', '--in-flight', '2000'], 'must be a whole number from 1 to 1000'],
    [['-', '--out', 'x4', '--size', '3K'], '--size: must be one of'],
    [['-', '--out', 'x5', '--id', 'a b'], 'letters, digits'],
  ])('%j: %s', async (args, sentence) => {
    const { code, stdout, stderr } = await bulk(args, '');
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  test('from standard input, and nothing in it: done, with nothing delivered', async () => {
    const { code, stdout } = await bulk(['-', '--out', OUT(), '--json'], '\n \n');
    expect(code).toBe(EXIT.ok);
    expect(onlyJson(stdout)).toMatchObject({ outcome: 'done', delivered: 0, invalid: 0 });
  });
});
