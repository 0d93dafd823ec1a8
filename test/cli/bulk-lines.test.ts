/** The lines of a prompts file are the same whatever chunks they come in, and none is held beyond the limit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../src/cli/bulk/prompt-line.ts';
import { parseLine } from '../../src/cli/bulk/prompt-line.ts';
import type { ReadLine } from '../../src/cli/bulk/read-lines.ts';
import { readLines } from '../../src/cli/bulk/read-lines.ts';

const LONGEST = 40;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function read(chunks: Iterable<Uint8Array>, longest = LONGEST): Promise<readonly ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readLines(chunks, longest)) lines.push(line);
  return lines;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...chunks, bytes.subarray(from)];
}

const content = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\r\n\uFEFF]/g, ''));
const ending = fc.constantFrom('\n', '\r\n');

describe('readLines', () => {
  it('gives each line as it was written: any chunks, any line ends, a mark or none, a last line end or none', async () => {
    const file = fc.record({
      lines: fc.array(fc.tuple(content, ending), { maxLength: 12 }),
      last: content,
      mark: fc.boolean(),
      sizes: fc.array(fc.nat({ max: 9 }), { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(file, async ({ lines, last, mark, sizes }) => {
        const text = lines.map(([line, end]) => line + end).join('') + last;
        const bytes = encode((mark ? '\uFEFF' : '') + text);
        const found = await read(cut(bytes, sizes));
        const wanted = [...lines.map(([line]) => line), ...(last === '' ? [] : [last])];
        const isMarkAlone = mark && text === '';
        expect(found.map(({ n }) => n)).toEqual((isMarkAlone ? [''] : wanted).map((_, i) => i + 1));
        for (const [i, each] of found.entries()) {
          const line = wanted[i] ?? '';
          const size = encode(line).length;
          if (size > LONGEST) expect(each.kind).toBe('too-long');
          else expect(each).toMatchObject({ kind: 'text', text: line });
        }
        expect(found.at(-1)?.end ?? 0).toBe(bytes.length);
      }),
    );
  });

  it('a line of exactly the limit is read, one byte more is told with its length', async () => {
    for (const end of ['\n', '\r\n', '']) {
      const whole = await read([encode('x'.repeat(LONGEST) + end)]);
      expect(whole).toMatchObject([{ kind: 'text', text: 'x'.repeat(LONGEST) }]);
      const [long] = await read([encode('x'.repeat(LONGEST + 1) + end)]);
      expect(long?.kind).toBe('too-long');
    }
  });

  it('a line of 100 MB is told and never held, and the next one is read', async () => {
    const chunk = new Uint8Array(65_536).fill(0x61);
    let most = 0;
    function* huge(): Generator<Uint8Array> {
      for (let i = 0; i < 1_600; i += 1) {
        yield chunk;
        if (i % 100 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers);
      }
      yield encode('\n{"prompt":"a fox"}\n');
    }
    const before = process.memoryUsage().arrayBuffers;
    const found = await read(huge(), 1_048_576);
    expect(found).toMatchObject([
      { n: 1, kind: 'too-long', bytes: 1_600 * 65_536 },
      { n: 2, kind: 'text', text: '{"prompt":"a fox"}' },
    ]);
    expect(most - before).toBeLessThan(20_000_000);
  });

  it('bytes that are no UTF-8 are told by their line, also cut in the middle of a character', async () => {
    const found = await read([Uint8Array.of(0x61, 0xff, 0x0a), encode('b\n'), Uint8Array.of(0xe2, 0x82)]);
    expect(found.map(({ kind }) => kind)).toEqual(['not-utf8', 'text', 'not-utf8']);
  });
});

function parse(text: string, defaults: object = {}): Parsed {
  return parseLine({ n: 7, end: 0, kind: 'text', text }, defaults);
}

describe('parseLine', () => {
  it.each([
    ['a red fox', 'is not JSON'],
    ['{"prompt":"a fox"', 'is not JSON'],
    ['[]', 'no JSON object'],
    ['null', 'no JSON object'],
    ['{"id":1,"prompt":"x"}', 'id must be a text'],
    ['{"id":"","prompt":"x"}', 'id must be a text'],
    ['{"id":"fox#2","prompt":"x"}', 'must not end as a variant does'],
    ['{"prompt":""}', 'prompt must not be empty'],
    ['{}', 'prompt'],
    ['{"prompt":"x","promt":"y"}', 'promt is not a field of a request; check its spelling'],
    ['{"prompt":"x","size":"3K"}', 'size must be one of'],
    ['{"prompt":"x","idempotencyKey":"y"}', 'idempotencyKey is made of the id'],
    [`{"id":"${'x'.repeat(121)}","prompt":"x"}`, 'id must be at most 120 bytes'],
  ])('%s: %s', (text, why) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ kind: 'bad', bad: { n: 7 } });
    expect(parsed.kind === 'bad' ? parsed.bad.why : '').toContain(why);
  });

  it('what the model of the line cannot do is told before anything is started, with the cure', () => {
    const line = { prompt: 'x', model: 'gemini-2.5-flash-image', size: '4K' };
    const parsed = parse(JSON.stringify(line));
    expect(parsed.kind === 'bad' ? parsed.bad.why : '').toMatch(
      /^size 4K is not allowed for gemini-2\.5-flash-image: 1K \(.*--catalogue\)$/,
    );
    // What is only known to a worker is the worker's to judge.
    expect(parse(JSON.stringify({ ...line, model: 'our-own-image' })).kind).toBe('prompt');
    expect(parse('{"prompt":"x","size":"4K"}').kind).toBe('prompt');
  });

  it('never throws, whatever a line holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((o) => JSON.stringify(o)),
        ),
        (text) => {
          expect(['prompt', 'bad', 'empty']).toContain(parse(text).kind);
        },
      ),
    );
    expect(parse('['.repeat(500_000)).kind).toBe('bad');
  });

  it('without an id the number of the line is the id; a field of the line wins over the default', () => {
    const parsed = parse('{"prompt":"a fox","size":"2K"}', { size: '1K', urgency: 'batch' });
    expect(parsed).toMatchObject({
      kind: 'prompt',
      prompt: { key: '7', n: 7, request: { prompt: 'a fox', size: '2K', urgency: 'batch' } },
    });
  });

  it('the digest is of what is asked, not of how it is written', () => {
    const digest = (text: string): string | undefined => {
      const parsed = parse(text);
      return parsed.kind === 'prompt' ? parsed.prompt.digest : undefined;
    };
    expect(digest('{"prompt":"a fox","size":"2K"}')).toBe(digest(' {"size":"2K", "prompt":"a fox"} '));
    expect(digest('{"prompt":"a fox"}')).not.toBe(digest('{"prompt":"a fox","size":"2K"}'));
  });
});
