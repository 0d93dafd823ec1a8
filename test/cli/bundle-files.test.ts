/** What goes into a support bundle, and what never does, from cases made by hand. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CollectedAttempt, CollectedCase } from '../../src/cli/bundle/collect.ts';
import { coverOf, LEFT_OUT } from '../../src/cli/bundle/covering.ts';
import { entriesOf } from '../../src/cli/bundle/entries.ts';
import type { EvidenceFile } from '../../src/cli/bundle/evidence-file.ts';
import { readableBody } from '../../src/cli/bundle/readable-body.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import { foundIn } from '../support/secret-scan.ts';

const KEY = 'AIzaSyTest+Key/0123456789=abcdefghijk';
const PROMPT = 'Ein "Fuchs" im Schnee,\nwie von Hand gemalt – ganz leise';

afterEach(() => {
  vi.unstubAllEnvs();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const body = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

function caseOf(draft: Partial<RequestDraft>, attempts: readonly CollectedAttempt[]): CollectedCase {
  const request = resolveRequest({ prompt: PROMPT, ...draft });
  const sight = { id: 'gemini-image/1', trail: [], provenance: [] };
  return { sight, attempts, request, prompt: PROMPT };
}

function attempt(evidence: EvidenceFile, raw: Uint8Array, n = 1): CollectedAttempt {
  return { n, evidence, records: { fence: { sentAt: 1 } }, raw };
}

const refused: EvidenceFile = {
  startedAt: '2026-11-20T12:00:00.000Z',
  tookMs: 812,
  path: { route: { name: 'default', model: 'gemini-3-pro-image', account: { project: 'my-project' } } },
  outcome: {
    kind: 'answer',
    status: 403,
    headers: { 'x-request-id': 'r-1', 'content-type': 'application/json' },
    body: { responseId: 'resp-9', error: { message: 'denied' } },
  },
  verdict: { branch: 'permission', reason: 'denied' },
};

describe('a raw response', () => {
  const picture = randomBytes(60_000);
  const data = picture.toString('base64');
  const signature = randomBytes(3_000).toString('base64');

  test('keeps every word; image data is its length and the digest that the store knows it by', () => {
    const answer = { candidates: [{ content: { parts: [{ text: 'here' }, { inlineData: { data } }] } }] };
    const { text, extension } = readableBody(body(answer));
    expect(extension).toBe('json');
    expect(JSON.parse(text)).toEqual({
      candidates: [
        {
          content: {
            parts: [{ text: 'here' }, { inlineData: { data: `<60000 bytes, sha256:${sha256(picture)}>` } }],
          },
        },
      ],
    });
  });

  test('of a stream, of escaped slashes and of an unknown shape is read alike', () => {
    const mark = `<60000 bytes, sha256:${sha256(picture)}>`;
    expect(readableBody(Buffer.from(`data: {"x":"${data}"}\n\n`))).toEqual({
      text: `data: {"x":"${mark}"}\n\n`,
      extension: 'txt',
    });
    expect(readableBody(Buffer.from(`["${data.replaceAll('/', '\\/')}"]`)).text).toBe(`["${mark}"]`);
  });

  test('keeps thought signatures whole: a case may be about them', () => {
    const { text } = readableBody(body({ thoughtSignature: signature, data }));
    expect(JSON.parse(text)).toMatchObject({ thoughtSignature: signature });
    expect(text).not.toContain(data.slice(0, 100));
  });

  test('that is a web page stays a web page', () => {
    const page = '<html><body>502 Bad Gateway</body></html>';
    expect(readableBody(Buffer.from(page))).toEqual({ text: page, extension: 'txt' });
  });
});

describe('the files', () => {
  test('name ids, project, times, verdict and what to ask, in one README', () => {
    const files = entriesOf(caseOf({}, [attempt(refused, body({}))]), { withoutPrompt: false });
    expect([...files.keys()]).toEqual([
      'README.txt',
      'description.json',
      'trail.json',
      'decisions.json',
      'request.json',
      'attempts/1/evidence.json',
      'attempts/1/records.json',
      'attempts/1/headers.json',
      'attempts/1/response.json',
    ]);
    const letter = files.get('README.txt');
    for (const word of [
      'gemini-image/1',
      'my-project',
      '2026-11-20T12:00:00.000Z, 812 ms, HTTP 403, permission/denied',
      'x-request-id: r-1',
      'responseId: resp-9',
      'Please tell us why the credential with this hash may not call this model.',
    ]) {
      expect(letter).toContain(word);
    }
    expect(letter).not.toContain('undefined');
  });

  test('are made of whatever is left: an attempt without evidence, a request that nobody knows', () => {
    const sight = { id: 'g', trail: [], provenance: [] };
    const files = entriesOf({ sight, attempts: [{ n: 3, records: {} }] }, { withoutPrompt: false });
    expect([...files.keys()]).not.toContain('request.json');
    expect(files.get('README.txt')).toContain('3  no evidence; nothing is left of it');
  });
});

describe('keys (I7)', () => {
  const forms = {
    raw: KEY,
    'percent-encoded': encodeURIComponent(KEY),
    base64: Buffer.from(`Bearer ${KEY}!`).toString('base64'),
    escaped: [...KEY].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  };

  test.each(Object.entries(forms))('%s in evidence, headers, records or answer are in no file', (_, form) => {
    vi.stubEnv('GEMINI_API_KEY', KEY);
    const evidence = {
      ...refused,
      outcome: { ...refused.outcome, headers: { 'x-echo': form }, body: { echoed: form } },
      verdict: { branch: 'permission', message: form },
    };
    const answer = Buffer.from(`{"error":{"message":"${form}"}}`);
    const files = entriesOf(caseOf({}, [{ ...attempt(evidence, answer), records: { note: form } }]), {
      withoutPrompt: false,
    });
    for (const [name, text] of files)
      expect(`${name}: ${foundIn(text, KEY) ?? 'clean'}`).toBe(`${name}: clean`);
  });
});

describe('the prompt', () => {
  const answer = body({ candidates: [{ content: { parts: [{ text: `You asked: ${PROMPT}` }] } }] });
  const evidence = { ...refused, outcome: { ...refused.outcome, body: { quoted: PROMPT } } };
  const escaped = JSON.stringify(PROMPT).slice(1, -1);
  const holds = (text: string): boolean => text.includes(PROMPT) || text.includes(escaped);

  test('is in the bundle, for a supporter cannot say much without it', () => {
    const files = entriesOf(caseOf({}, [attempt(evidence, answer)]), { withoutPrompt: false });
    expect(JSON.parse(files.get('request.json') ?? '')).toMatchObject({ prompt: PROMPT });
  });

  test.each([
    ['--without-prompt', {}, true],
    ['a request that hides it', { hidePrompt: true }, false],
  ] as const)('%s: it is in no file, quoted or escaped', (_, draft, withoutPrompt) => {
    const files = entriesOf(caseOf(draft, [attempt(evidence, answer)]), { withoutPrompt });
    expect([...files].filter(([, text]) => holds(text)).map(([name]) => name)).toEqual([]);
    expect(JSON.parse(files.get('request.json') ?? '')).toMatchObject({ prompt: LEFT_OUT });
    expect(files.get('README.txt')).toContain('The prompt is left out');
  });

  test('hidden, the answers of text models are left out too: they are other words for it', () => {
    const text: EvidenceFile = {
      ...refused,
      move: { kind: 'prepare' },
      outcome: { kind: 'answer', body: 'a fox' },
    };
    const files = entriesOf(caseOf({}, [attempt(text, Buffer.from('a fox in snow'))]), {
      withoutPrompt: true,
    });
    expect(files.get('attempts/1/response.txt')).toBe(LEFT_OUT);
    expect(files.get('attempts/1/evidence.json')).not.toContain('a fox');
  });

  test('of a request that nobody knows any more cannot be found in an answer: that answer is left out', () => {
    const sight = { id: 'g', trail: [], provenance: [] };
    const files = entriesOf(
      { sight, attempts: [{ n: 1, records: {}, raw: answer }] },
      { withoutPrompt: false },
    );
    expect(files.get('attempts/1/response.txt')).toBe(LEFT_OUT);
  });

  test('is found on one line, cut at its end, and twice', () => {
    const cover = coverOf([PROMPT]);
    const line = PROMPT.replace(/\s+/g, ' ');
    expect(cover(`a ${line} b ${PROMPT.slice(0, 25)}… c ${line}`)).toBe(
      `a ${LEFT_OUT} b ${LEFT_OUT}… c ${LEFT_OUT}`,
    );
  });

  test('a one-letter prompt does not blank out every word', () => {
    expect(coverOf(['a'])('a fat cat')).toBe('a fat cat');
  });
});
