/** `diagnose` says what the library says, line by line, and starts without Temporal. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { diagnose, explain, verdictOf } from '../../src/diagnose.ts';
import { ROOT } from '../support/root.ts';
import { DIRECTORY, jsonLines, onlyJson, run, start } from './program.ts';

const CORPUS = readFileSync(join(ROOT, 'test/corpus/cases.jsonl'), 'utf8');
const OVERLOADED = '503 UNAVAILABLE. The model is overloaded. Please try again later.';
const FIELDS = [
  'id',
  'branch',
  'reason',
  'rule',
  'certainty',
  'owner',
  'userAction',
  'retryAfterMs',
  'billed',
];

describe('diagnose --jsonl', () => {
  test('over the corpus: what the library says, in order, with exactly the promised fields', async () => {
    const { code, stdout, stderr } = await run(['diagnose', '--jsonl'], { input: CORPUS });
    const lines = CORPUS.trim().split('\n');
    const verdicts = jsonLines(stdout);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    expect(verdicts).toEqual(lines.map((line) => diagnose(JSON.parse(line))));
    for (const verdict of verdicts) expect(Object.keys(verdict)).toEqual(FIELDS);
    expect(verdicts.some(({ branch }) => branch === 'success')).toBe(true);
  });

  test('a bad line gives { id, error }, the rest go on, and the exit code is 1', async () => {
    const input = [
      '{"id":"good","kind":"thrown_text","body":"429 RESOURCE_EXHAUSTED"}',
      '{"id":"odd","kind":"telegram","body":"stop"}',
      'not JSON',
      '',
      `{"id":"last","kind":"thrown_text","body":"${OVERLOADED}"}`,
    ].join('\n');
    const { code, stdout } = await run(['diagnose', '--jsonl'], { input });
    expect(code).toBe(EXIT.failed);
    expect(jsonLines(stdout).map(({ id, error, branch }) => [id, branch ?? typeof error])).toEqual([
      ['good', 'quota-unknown'],
      ['odd', 'string'],
      [null, 'string'],
      ['last', 'capacity'],
    ]);
  });

  test('reads a file as well; a missing one is said so', async () => {
    const file = join(DIRECTORY, 'answers.jsonl');
    writeFileSync(file, `{"id":"one","kind":"thrown_text","body":"${OVERLOADED}"}\n`);
    const { code, stdout } = await run(['diagnose', '--jsonl', file]);
    expect(code).toBe(EXIT.ok);
    expect(onlyJson(stdout)).toMatchObject({ id: 'one', branch: 'capacity' });
    const missing = await run(['diagnose', '--jsonl', 'nowhere.jsonl']);
    expect(missing).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(missing.stderr).toContain('there is no file nowhere.jsonl');
  });

  test('a reader that leaves ends it without a complaint', async () => {
    const program = start(['diagnose', '--jsonl'], { input: CORPUS.repeat(20), reader: 'leaves' });
    const { stderr } = await program.ended;
    expect(stderr).toBe('');
  });
});

describe('diagnose', () => {
  test('explains a text to a person: branch, original, who acts, what next', async () => {
    const { code, stdout } = await run(['diagnose', OVERLOADED]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toBe(`${explain(verdictOf(OVERLOADED))}\n`);
    expect(stdout).toContain(OVERLOADED);
  });

  test('takes a payload from standard input, a file or the argument alike', async () => {
    const payload = '{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}';
    const file = join(DIRECTORY, 'payload.json');
    writeFileSync(file, payload);
    const outcomes = await Promise.all([
      run(['diagnose', '--json'], { input: payload }),
      run(['diagnose', '-', '--json'], { input: payload }),
      run(['diagnose', file, '--json']),
      run(['diagnose', payload, '--json']),
    ]);
    for (const { code, stdout } of outcomes) {
      expect(code).toBe(EXIT.ok);
      expect(onlyJson(stdout)).toEqual(diagnose(payload));
    }
  });

  test('a misspelt file name is not explained as if it were an error', async () => {
    const { code, stdout, stderr } = await run(['diagnose', 'answr.json']);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain('there is no file answr.json');
  });

  test('nothing at all is refused', async () => {
    const { code, stderr } = await run(['diagnose'], { input: '\n' });
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('nothing to diagnose');
  });

  test('loads no Temporal code, no SDK and no native module', async () => {
    const list = join(DIRECTORY, 'loaded.txt');
    const preload = fileURLToPath(new URL('./children/list-loaded.mjs', import.meta.url));
    const { code } = await run(['diagnose', OVERLOADED], {
      node: ['--import', preload],
      env: { LOADED_LIST: list },
    });
    const loaded = readFileSync(list, 'utf8').trim().split('\n');
    expect(code).toBe(EXIT.ok);
    expect(loaded.some((url) => url.endsWith('/src/diagnose.ts'))).toBe(true);
    expect(loaded.filter((url) => /@temporalio|@google|@grpc|sharp|\.node$/.test(url))).toEqual([]);
  });
});
