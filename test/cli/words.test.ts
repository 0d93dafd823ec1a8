/** The small things that people read: durations, progress, file names, command lines. */
import { describe, expect, test } from 'vitest';
import { durationMs, durationWords } from '../../src/words/duration.ts';
import { setting } from '../../src/cli/environment.ts';
import { imageFileName } from '../../src/cli/file-name.ts';
import { commandLine } from '../../src/cli/invocation.ts';
import { phaseLine } from '../../src/cli/phase-words.ts';
import { ProgressLine } from '../../src/cli/progress-line.ts';
import { requestOf } from '../../src/cli/request-options.ts';
import { costWords, trailTable } from '../../src/cli/trail-words.ts';
import { InvalidRequest } from '../../src/schema/request.ts';

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(durationMs(text)).toBe(ms));

  test.each(['10', '', 'soon', '-1s', '10 s m', '1m and 3s', '1e3s'])('%j is no duration', (text) =>
    expect(durationMs(text)).toBeUndefined(),
  );

  test.each([
    [43_200, '43 s'],
    [-5, '0 s'],
    [720_000, '12 min'],
    [19_800_000, '5.5 h'],
    [259_200_000, '3.0 days'],
  ])('%d ms reads %s', (ms, words) => expect(durationWords(ms)).toBe(words));
});

describe('file names', () => {
  const ref = { sha256: '1a2b3c4d'.padEnd(64, '0'), mime: 'image/png', bytes: 1, width: 1, height: 1 };

  test.each([
    ['A red fox, in snow!', 'a-red-fox-in-snow-1a2b3c4d.png'],
    ['狐 im Schnee: größer', '狐-im-schnee-größer-1a2b3c4d.png'],
    ['../../etc/passwd', 'etc-passwd-1a2b3c4d.png'],
    ['  ', 'image-1a2b3c4d.png'],
    ['x'.repeat(300), `${'x'.repeat(40)}-1a2b3c4d.png`],
  ])('%j → %s', (title, name) => expect(imageFileName(title, ref)).toBe(name));

  test('the extension follows the mime type, an unknown one is no lie', () => {
    expect(imageFileName('fox', { ...ref, mime: 'image/jpeg; q=1' })).toBe('fox-1a2b3c4d.jpg');
    expect(imageFileName('fox', { ...ref, mime: 'image/new' })).toBe('fox-1a2b3c4d.bin');
  });
});

describe('progress', () => {
  const at = new Date(2026, 10, 21, 14, 4, 27).getTime();
  const capacity = { phase: 'backing-off', why: 'capacity, retest 2/5', until: at + 43_000 };

  function written(isTTY: boolean, show: (line: ProgressLine, tick: (ms: number) => void) => void): string[] {
    const texts: string[] = [];
    let now = at;
    const stream = { isTTY, columns: 200, write: (text: string) => void texts.push(text) };
    const line = new ProgressLine(stream, () => now);
    show(line, (ms) => (now += ms));
    line.end();
    return texts;
  }

  test('says phase, reason, time and what is left of it', () => {
    expect(phaseLine(capacity, at)).toBe('backing-off: capacity, retest 2/5; until 14:05:10 (43 s)');
    expect(phaseLine({ ...capacity, until: at + 86_400_000 }, at)).toContain(
      'until 2026-11-22 14:04:27 (24.0 h)',
    );
    expect(phaseLine({ phase: 'generating', why: '' }, at)).toBe('generating');
  });

  test('not on a terminal: a line for each change, none for the passing of time', () => {
    const texts = written(false, (line, tick) => {
      line.show(capacity);
      tick(5_000);
      line.show({ ...capacity, until: at + 44_000 });
      line.show({ phase: 'generating', why: '' });
    });
    expect(texts).toEqual([
      '   0 s  backing-off: capacity, retest 2/5; until 14:05:10 (43 s)\n',
      '   5 s  generating\n',
    ]);
  });

  test('on a terminal: one line, rewritten, no longer than the terminal, and taken away at the end', () => {
    const texts = written(true, (line) => {
      line.show({ phase: 'waiting', why: 'x'.repeat(500) });
      line.show(capacity);
    });
    expect(texts).toHaveLength(3);
    for (const text of texts) expect(text.startsWith('\r\u001b[2K')).toBe(true);
    expect(texts[0]?.length).toBeLessThan(230);
    expect(texts[1]).toContain('(43 s)');
    expect(texts[2]).toBe('\r\u001b[2K');
    expect(texts.join('')).not.toContain('\n');
  });
});

test('command lines can be pasted into a shell', () => {
  expect(commandLine(['show', "it's id"], { GEMINI_IMAGES_STORE: '/a b' })).toBe(
    `GEMINI_IMAGES_STORE='/a b' npm run -s gemini-images -- show 'it'\\''s id'`,
  );
});

test('an empty environment variable counts as not set', () => {
  expect(setting('GEMINI_IMAGES_TASK_QUEUE', { GEMINI_IMAGES_TASK_QUEUE: '' })).toBe('gemini-images');
});

test('options become the request: only what was given, inputs by their kind', () => {
  expect(
    requestOf('a fox', {
      input: ['fox.png', 'https://example.com/fox.png', `sha256:${'A'.repeat(64)}`],
      size: '2K',
      allowJson: { models: 'chain' },
      deadline: 600_000,
      imageOnly: true,
      tag: ['one', 'two'],
    }),
  ).toEqual({
    prompt: 'a fox',
    inputs: [{ path: 'fox.png' }, { url: 'https://example.com/fox.png' }, { artifact: 'a'.repeat(64) }],
    size: '2K',
    allow: { models: 'chain' },
    deadlineMs: 600_000,
    modalities: ['IMAGE'],
    tags: ['one', 'two'],
  });
  expect(requestOf('a fox', {})).toEqual({ prompt: 'a fox' });
  expect(() => requestOf('a fox', { allowJson: { modles: 'chain' } })).toThrow(InvalidRequest);
});

test('costs: what is sure, and what may come on top', () => {
  expect(costWords({ sureUsd: 0.134, possibleUsd: 0 })).toBe('0.134 USD');
  expect(costWords({ sureUsd: 0.134, possibleUsd: 0.4 })).toBe('0.134 USD sure, 0.400 USD more possible');
});

test('the trail: one row an attempt with its path, the original words below', () => {
  const line = {
    n: 1,
    move: 'first call',
    model: 'm',
    billed: 'no',
    fingerprint: 'abcdef0123456789',
  } as const;
  const table = trailTable([
    {
      ...line,
      verdict: 'capacity/overloaded',
      message: 'The model\nis overloaded.',
      evidence: '9'.repeat(64),
    },
    { ...line, n: 2, move: 'same-path retest', verdict: 'success', billed: 'yes' },
  ]);
  expect(table).toEqual([
    'n  move              model  verdict              billed  path          evidence',
    '1  first call        m      capacity/overloaded  no      abcdef012345  999999999999',
    '   The model is overloaded.',
    '2  same-path retest  m      success              yes     abcdef012345  –',
  ]);
});
