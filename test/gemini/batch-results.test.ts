/** The reader of batch results: laws over any file, in whatever pieces it comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../src/gemini/batch-results.ts';
import type { BatchResult, ReadResultsOptions } from '../../src/gemini/batch-results.ts';

async function read(
  file: string | Uint8Array,
  options: ReadResultsOptions = {},
  cuts: readonly number[] = [],
): Promise<readonly BatchResult[]> {
  const bytes = Buffer.from(file as Uint8Array);
  async function* pieces() {
    let from = 0;
    for (const cut of [...cuts, bytes.length].map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b)) {
      yield bytes.subarray(from, cut);
      from = cut;
    }
  }
  const results: BatchResult[] = [];
  for await (const result of readResults(pieces(), options)) results.push(result);
  return results;
}

const told = (results: readonly BatchResult[]) =>
  results.map((result) =>
    result.kind === 'answer'
      ? [result.line, result.key, result.what, Buffer.from(result.outcome.body).toString()]
      : [result.line, result.key, result.problem],
  );

const response = (key: string, n = 0) => JSON.stringify({ key, response: { responseId: String(n) } });
const failure = (key: string, code = 13) => JSON.stringify({ key, error: { code, message: 'no' } });

describe('batch results: any file', () => {
  const items = fc.uniqueArray(
    fc.record({ key: fc.string({ minLength: 1 }), response: fc.dictionary(fc.string(), fc.json()) }),
    {
      selector: ({ key }) => key,
      maxLength: 12,
    },
  );
  const endings = fc.constantFrom('\n', '\r\n');

  it('every response comes back once, under its key, whatever pieces, line ends, gaps and order', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...([items, endings, fc.boolean(), fc.boolean(), fc.nat(3), fc.array(fc.nat(2000))] as const),
        async (given, end, mark, ended, gaps, cuts) => {
          const lines = given.map((item) => JSON.stringify(item)).join(end + end.repeat(gaps));
          const file = `${mark ? '\uFEFF' : ''}${lines}${ended ? end : ''}`;
          const results = await read(file, {}, cuts);
          expect(told(results).map(([, key, what, body]) => [key, what, body])).toEqual(
            given.map(({ key, response: body }) => [key, 'response', JSON.stringify(body)]),
          );
        },
      ),
    );
  });

  it('the pieces it comes in change nothing, not even for bytes that are no text', async () => {
    const byte = fc.oneof(
      fc.constantFrom(...Buffer.from('{"key":1}\n\r"\\')),
      fc.integer({ min: 0, max: 255 }),
    );
    const line = fc.oneof(
      fc
        .constantFrom(...[response('a'), failure('a'), response('b'), '', '{}', 'null', '[]'])
        .map((text) => Buffer.from(text)),
      fc.array(byte, { maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(600)),
        fc.integer({ min: 4, max: 60 }),
        async (lines, cuts, maxLineBytes) => {
          const file = Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));
          expect(await read(file, { maxLineBytes }, cuts)).toEqual(await read(file, { maxLineBytes }));
        },
      ),
    );
  });

  it('each key that was asked for is answered once or missing, whatever the file says of it', async () => {
    const keys = ['a', 'b', 'c'];
    const line = fc.oneof(
      ...[response, failure].map((make) => fc.constantFrom(...keys, 'stranger').map((key) => make(key))),
      fc.constantFrom(
        '{"key":"a"}',
        '{"key":"b","resp',
        '',
        'x',
        '{"response":{}}',
        '{"key":7,"response":{}}',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const results = await read(lines.join('\n'), { expected: new Set(keys) });
        const answers = results.filter(({ kind }) => kind === 'answer').map(({ key }) => key);
        const missing = results.flatMap((result) =>
          result.kind === 'problem' && result.problem === 'missing' ? [result.key] : [],
        );
        expect([...answers, ...missing].sort()).toEqual(keys);
      }),
    );
  });
});

describe('batch results: a key that stands there twice', () => {
  it('the first response wins, the later one is told', async () => {
    expect(told(await read([response('a', 1), response('a', 2)].join('\n')))).toEqual([
      [1, 'a', 'response', '{"responseId":"1"}'],
      [2, 'a', 'repeated'],
    ]);
  });

  it('a response wins over an error on either side of it: it was paid for', async () => {
    expect(told(await read([failure('a'), response('a', 1), failure('a')].join('\n')))).toEqual([
      [2, 'a', 'response', '{"responseId":"1"}'],
      [3, 'a', 'repeated'],
      [1, 'a', 'repeated'],
    ]);
  });

  it('of errors the first is told, at the end', async () => {
    expect(told(await read([failure('a', 8), failure('a'), response('b')].join('\n')))).toEqual([
      [2, 'a', 'repeated'],
      [3, 'b', 'response', '{"responseId":"0"}'],
      [1, 'a', 'error', '{"error":{"code":8,"message":"no"}}'],
    ]);
  });
});

describe('batch results: lines that are none', () => {
  it('a broken line is told by number, key and excerpt, and the rest goes on', async () => {
    const [problem, answer] = await read(`{"key":"g/1","response":{"cand\n${response('b')}`);
    expect(problem).toEqual({
      ...{ kind: 'problem', line: 1, problem: 'not-json', key: 'g/1' },
      excerpt: '{"key":"g/1","response":{"cand',
    });
    expect(answer).toMatchObject({ kind: 'answer', line: 2, key: 'b' });
  });

  it('an excerpt is short, however long the line', async () => {
    const [problem] = await read(`x${'y'.repeat(100_000)}`);
    expect(problem).toMatchObject({ problem: 'not-json' });
    expect(problem?.kind === 'problem' && problem.excerpt.length).toBe(120);
  });

  it('an abyss of brackets is a broken line like any other', async () => {
    expect(told(await read('['.repeat(200_000)))).toEqual([[1, undefined, 'not-json']]);
  });

  it.each([
    ['{"response":{}}', 'no-key', undefined],
    ['{"key":"","response":{}}', 'no-key', undefined],
    ['{"key":"a"}', 'no-result', 'a'],
    ['{"key":"a","response":null}', 'no-result', 'a'],
    ['["a"]', 'not-json', undefined],
  ])('%s is %s', async (line, problem, key) => {
    expect(told(await read(line))).toEqual([[1, key, problem]]);
  });

  it('a result whose key nobody asked for is told and not read', async () => {
    expect(told(await read(response('stranger'), { expected: new Set() }))).toEqual([
      [1, 'stranger', 'unexpected'],
    ]);
  });

  it('a line beyond the limit is told by its key and never held in memory', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'A');
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    async function* pieces() {
      yield Buffer.from('{"key":"g/1","response":{"data":"');
      for (let n = 0; n < 400; n += 1) {
        yield Buffer.from(piece);
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        if (n % 20 === 0) globalThis.gc?.();
      }
      yield Buffer.from(`"}}\n${response('b')}\n`);
    }
    const results: BatchResult[] = [];
    for await (const result of readResults(pieces(), { maxLineBytes: 8 * 1024 * 1024 })) results.push(result);
    expect(told(results)).toEqual([
      [1, 'g/1', 'too-long'],
      [2, 'b', 'response', '{"responseId":"0"}'],
    ]);
    expect(most).toBeLessThan(300 * 1024 * 1024);
  });
});
