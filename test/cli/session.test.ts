/**
 * A session from its start to its end at a prompt: real programs on a real server, the emulator as Gemini, which
 * refuses a conversation whose signatures are not its own, and whose ledger tells what was sent.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { Emulator } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { sharedDevServer } from '../support/servers.ts';
import type { Ended, Running } from './program.ts';
import { DIRECTORY, onlyJson, run, start } from './program.ts';

interface Image {
  readonly file: string | null;
  readonly sha256: string;
}

interface ShownTurn {
  readonly turnId: string;
  readonly generationId: string;
  readonly status: string;
  readonly standing: string;
  readonly done?: { readonly images: readonly Image[]; readonly use: string };
}

const KEY = 'cli-test-key-0123456789';
/** Until it is cancelled, or the worker is killed. */
const HANGS = 'a fox [[fault:slow-headers(150s)]]';
const STACK = /^\s+at .*[:(]/m;
/** Milliseconds: several programs, one after another. */
const SLOW = 120_000;

let emulator: Emulator;
let worker: Running;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ keys: [KEY], seed: 'session', signatureChecks: true });
  const { address } = await sharedDevServer();
  env = {
    TEMPORAL_ADDRESS: address,
    GEMINI_IMAGES_TASK_QUEUE: `session-${randomUUID()}`,
    GEMINI_IMAGES_STORE: join(DIRECTORY, 'store'),
    GEMINI_API_KEY: KEY,
    GEMINI_BASE_URL: emulator.url,
    GEMINI_IMAGES_TIME_SCALE: '0.02',
  };
  worker = start(['worker', '--json'], { env });
  await worker.event('ready');
});

afterAll(async () => {
  worker?.signal('SIGKILL');
  await emulator?.close();
});

const cli = (...args: readonly string[]): Promise<Ended> => run(['session', ...args], { env });

async function ok(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await cli(...args, '--json');
  expect({ code, stderr: code === EXIT.ok ? '' : stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  return onlyJson(stdout);
}

async function turnsOf(id: string): Promise<readonly ShownTurn[]> {
  return (await ok('show', id))['turns'] as readonly ShownTurn[];
}

async function named(): Promise<string> {
  const id = `s-${randomUUID()}`;
  await ok('start', '--id', id, '--model', 'gemini-3-pro-image', '--size', '1K');
  return id;
}

function callsOf(turn: string) {
  return emulator.calls().filter(({ generation }) => generation?.id.endsWith(turn));
}

test(
  'start, edit, show, undo, fork, close: the conversation goes back whole, and what is undone does not',
  { timeout: SLOW },
  async () => {
    const id = `s-${randomUUID()}`;
    const begun = await cli('start', '--id', id, '--size', '1K');
    expect(begun).toMatchObject({ code: EXIT.ok });
    expect(begun.stdout).toContain(`started  gemini-session/${id}`);
    expect(begun.stdout).toContain(`session edit gemini-session/${id} 'what to draw'`);
    expect(emulator.calls().filter(({ generation }) => generation?.id.includes(id))).toEqual([]);

    const hat = await cli('start', 'a fox with a red hat', '--id', id, '--turn', 'hat', '--out', id);
    expect(hat.code).toBe(EXIT.ok);
    expect(hat.stdout).toMatch(/history {3}begins the conversation\n {2}turn {6}hat of /);
    const snow = await ok('edit', id, 'let it snow', '--turn', 'snow', '--out', id);
    expect(snow).toMatchObject({
      outcome: 'done',
      turn: 'snow',
      ahead: 0,
      conversation: { use: 'verbatim' },
    });
    expect(callsOf(`${id}/snow`)[0]?.history?.contents).toBe(2);
    expect(await readdir(join(DIRECTORY, id))).toHaveLength(2);

    const again = await ok('edit', id, 'let it snow', '--turn', 'snow', '--out', id);
    expect(again['id']).toBe(snow['id']);
    expect(callsOf(`${id}/snow`)).toHaveLength(1);

    const undone = await cli('undo', id);
    expect(undone.stdout).toContain('the next turn goes on from hat');
    const night = await ok('edit', id, 'at night', '--turn', 'night', '--out', id);
    expect(night['outcome']).toBe('done');
    expect(callsOf(`${id}/night`)[0]?.history?.contents).toBe(2);

    const fork = await ok('fork', id, '--turn', 'snow', '--id', `${id}-fork`, '--size', '2K');
    expect(fork).toMatchObject({ outcome: 'forked', session: `gemini-session/${id}-fork` });
    const forked = await ok('edit', `${id}-fork`, 'a frame', '--turn', 'frame', '--out', id);
    expect(forked['size']).toBe('2K');
    expect(callsOf(`${id}-fork/frame`)[0]?.history?.contents).toBe(4);

    expect(await ok('close', id)).toMatchObject({ outcome: 'closed', turns: 3 });
    await eventually('it in the list of those that ended', async () => {
      const { sessions } = await ok('list', '--status', 'ended', '--limit', '200');
      return (sessions as readonly { id: string; turns?: number }[]).some(
        (each) => each.id === `gemini-session/${id}` && each.turns === 3,
      );
    });
    const shown = await cli('show', id);
    expect(shown.code).toBe(EXIT.ok);
    expect(shown.stdout).toMatch(/^closed {2}gemini-session/);
    expect(shown.stdout).toMatch(/2 {2}snow +undone/);
    expect(shown.stdout).toMatch(/3 {2}night +done, head/);
    expect(shown.stdout).toContain(`session fork gemini-session/${id}`);
    const refused = await cli('edit', id, 'once more');
    expect(refused).toMatchObject({ code: EXIT.failed, stdout: '' });
    expect(refused.stderr).toContain('fork it to go on');
    expect(refused.stderr).not.toMatch(STACK);
  },
);

test(
  'the filmstrip has a frame for each turn, undone and failed ones too; one image that is lost costs one frame',
  { timeout: SLOW },
  async () => {
    const id = await named();
    const hat = await ok('edit', id, 'a fox with a red hat', '--turn', 'hat', '--out', `${id}-in`);
    const [image] = hat['images'] as readonly Image[];
    await ok('edit', id, 'let it snow', '--turn', 'snow', '--input', String(image?.file));
    await ok('undo', id);
    const prompt = 'something prohibited <b>[[fault:prohibited-content]]';
    expect(await cli('edit', id, prompt, '--turn', 'bad')).toMatchObject({ code: EXIT.generationFailed });
    await ok('edit', id, 'a secret', '--turn', 'hidden', '--hide-prompt');

    const film = join(DIRECTORY, `${id}.html`);
    const shown = await ok('show', id, '--film', film, '--drafts', '--out', `${id}-out`);
    expect(shown).toMatchObject({ frames: 4, film });
    const html = await readFile(film, 'utf8');
    expect([...html.matchAll(/<li class="frame ([\w-]+)"/g)].map(([, name]) => name)).toEqual([
      ...['kept', 'undone', 'failed', 'head'],
    ]);
    expect(html).toContain('something prohibited &lt;b&gt;');
    expect(html).not.toContain('a secret');
    expect(html).toContain('alt="input image"');
    expect(html).toContain('alt="draft"');
    const files = await readdir(join(DIRECTORY, `${id}-out`));
    expect(files.filter((file) => file.startsWith('01-hat'))).toHaveLength(1);
    expect(files.filter((file) => file.includes('snow'))).toEqual([]);
    expect(files.filter((file) => file.startsWith('04-hidden'))).toHaveLength(1);

    const sha256 = image?.sha256 ?? '';
    await rm(join(DIRECTORY, 'store', 'sha256', sha256.slice(0, 2), sha256.slice(2)));
    const rest = await cli('show', id, '--film', film, '--out', `${id}-rest`);
    expect(rest.code).toBe(EXIT.failed);
    expect(rest.stderr).toContain(sha256);
    expect(rest.stdout).toContain('4 frames');
    expect(await readFile(film, 'utf8')).toContain('is not in the store any more');
    expect(await readdir(join(DIRECTORY, `${id}-rest`))).toHaveLength(1);
  },
);

test(
  'a turn that queues says at once how many run before it; --wait 0 only has it accepted; show tells who waits',
  { timeout: SLOW },
  async () => {
    const id = await named();
    const slow = await cli('edit', id, HANGS, '--turn', 'slow', '--wait', '0');
    expect(slow).toMatchObject({ code: EXIT.stillRunning });
    expect(slow.stdout).toContain(`session show gemini-session/${id}`);
    const next = await cli('edit', id, 'in snow', '--wait', '0');
    expect(next.code).toBe(EXIT.stillRunning);
    expect(next.stderr).toContain('1 turn runs before it');
    expect(next.stdout).toMatch(/turn {6}[0-9a-f]{8} of gemini-session/);
    const shown = await cli('show', id);
    expect(shown.stdout).toMatch(/1 {2}slow +running/);
    expect(shown.stdout).toMatch(/generating[^]+queued[^]+waits for the turns before it/);
    const refused = await cli('undo', id, '--json');
    expect(refused.code).toBe(EXIT.failed);
    expect(onlyJson(refused.stdout)).toMatchObject({ error: { name: 'SessionRefused' } });

    const cancelled = await run(['cancel', `gemini-session/${id}/slow`], { env });
    expect(cancelled.code).toBe(EXIT.ok);
    const turns = await eventually('both ended', async () => {
      const all = await turnsOf(id);
      return all.every(({ status }) => status !== 'running' && status !== 'queued') && all;
    });
    expect(turns.map(({ standing, done }) => [standing, done?.use])).toEqual([
      ['cancelled', undefined],
      ['head', 'none'],
    ]);
  },
);

test('Ctrl-C leaves the turn running and says how to look again', { timeout: SLOW }, async () => {
  const id = await named();
  const program = start(['session', 'edit', id, HANGS, '--turn', 'left', '--json'], { env });
  await eventually('progress', () => program.stderr().includes('generating'));
  program.signal('SIGINT');
  const { code, stdout, stderr } = await program.ended;
  expect(code).toBe(EXIT.interrupted);
  expect(stderr).toContain(`gemini-session/${id}/left was accepted and goes on; look again: `);
  expect(onlyJson(stdout)).toMatchObject({
    outcome: 'interrupted',
    lookAgain: expect.stringContaining(`session show ${id}`) as string,
  });
  expect((await turnsOf(id))[0]?.status).toBe('running');
});

describe.concurrent('mistakes', { timeout: SLOW }, () => {
  test.each([
    ['show', ['show', 'never-started']],
    ['edit', ['edit', 'never-started', 'a fox']],
    ['undo', ['undo', 'never-started']],
    ['fork', ['fork', 'never-started']],
    ['close', ['close', 'never-started']],
  ])('%s of a session that nobody started: a sentence, and the code of wrong usage', async (_, args) => {
    const { code, stdout, stderr } = await cli(...args);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain('no session gemini-session/never-started: check the id and the namespace');
    expect(stderr).not.toMatch(STACK);
  });

  test('a turn id with another prompt is refused: it would be another turn', async () => {
    const id = await named();
    await ok('edit', id, 'a fox', '--turn', 'a');
    const { code, stderr } = await cli('edit', id, 'a dog', '--turn', 'a');
    expect(code).toBe(EXIT.failed);
    expect(stderr).toContain('a is another turn already; give a new id');
  });

  test.each([
    [['start', '--input', 'fox.png'], '--input: it belongs to a turn'],
    [['start', '--turn', 'a'], '--turn: it belongs to a turn'],
    [['start', 'a fox', '--input', 'nowhere.png'], '--input (inputs[0].path): nowhere.png does not exist'],
    [['start', '--size', '9K'], '--size: must be one of 512, 1K, 2K, 4K'],
    [['start', '--idle', '1ms'], '--idle: '],
    [['start', '--overflow', 'later'], 'Allowed choices are fail, drop-oldest-images'],
    [['edit', 'fox', ' '], 'PROMPT: must not be empty'],
  ])('%j is refused before any server is asked: %s', async (args, sentence) => {
    const { code, stdout, stderr } = await run(['session', ...args], {
      env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(STACK);
  });

  test('a filmstrip that cannot be written: code 1, the option is named, nothing is left half', async () => {
    const id = await named();
    const { code, stderr } = await cli('show', id, '--film', '/dev/null/film.html');
    expect(code).toBe(EXIT.failed);
    expect(stderr).toContain('cannot write /dev/null/film.html');
    expect(existsSync('/dev/null/film.html')).toBe(false);
  });

  test('without any worker: who did not answer, the code of an unreachable server, and the id to send again', async () => {
    const idle = { ...env, GEMINI_IMAGES_TASK_QUEUE: `idle-${randomUUID()}` };
    const id = `s-${randomUUID()}`;
    const started = await run(['session', 'start', '--id', id], { env: idle });
    expect(started.code).toBe(EXIT.ok);
    const { code, stderr } = await run(
      ['session', 'edit', id, 'a fox', '--hide-prompt', '--connect-timeout', '2s'],
      {
        env: idle,
      },
    );
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toContain(`no worker answered for gemini-session/${id} within 2000 ms: start a worker`);
    expect(stderr).toMatch(/to send it again as the same turn, add --turn [0-9a-f]{8}/);
  });
});

describe.concurrent('help', { timeout: SLOW }, () => {
  test.each(['list', 'start', 'edit', 'show', 'undo', 'fork', 'close'])(
    'session %s --help has an example, --json and exit codes',
    async (name) => {
      const { code, stdout, stderr } = await cli(name, '--help');
      expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
      expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*gemini-images session ${name}`));
      expect(stdout).toContain('--json');
      expect(stdout).toMatch(/Exit codes:\n {4}0 {2}done/);
    },
  );
});
