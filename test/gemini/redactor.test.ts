import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createRedactor } from '../../src/gemini/redactor.ts';

const SECRET = 'AIza+Secret/Key=0123456789';
const redactor = createRedactor([SECRET]);

function percent(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function jsonEscaped(text: string): string {
  return [...text].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('');
}

/** As the JSON encoders of some languages write what needs no escape. */
const ESCAPED = [
  SECRET.replaceAll('/', '\\/'),
  SECRET.replaceAll('=', '\\u003d').replaceAll('+', '\\u002B'),
  jsonEscaped(SECRET),
  Buffer.from(`ab${SECRET}>>>???`).toString('base64').replaceAll('/', '\\/'),
  encodeURIComponent(Buffer.from(`a${SECRET}>>>???`).toString('base64')),
];

function forms(padding: string): readonly string[] {
  return [
    SECRET,
    encodeURIComponent(SECRET),
    percent(SECRET),
    percent(SECRET).toUpperCase(),
    Buffer.from(padding + SECRET + padding).toString('base64'),
    Buffer.from(padding + SECRET + padding).toString('base64url'),
    ...ESCAPED,
  ];
}

/** The part of a base64 form that no neighbour can change. */
const CORES = [0, 1, 2].map((offset) =>
  Buffer.concat([Buffer.alloc(offset), Buffer.from(SECRET)])
    .toString('base64')
    .slice(4, -4),
);

describe('redactor: I7', () => {
  it('removes every form from texts, at any alignment', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'a', 'ab', 'abc'), (around, padding) => {
        for (const form of forms(padding)) {
          const redacted = redactor.text(around + form + around);
          if (redacted.includes(SECRET) || redacted.includes(percent(SECRET))) return false;
          if (CORES.some((core) => redacted.includes(core))) return false;
        }
        return true;
      }),
    );
  });

  it.each([1_000, 65_536, 300_000, 3_000_000])(
    'removes every form from a body of %i bytes, wherever it stands',
    (size) => {
      for (const form of forms('x')) {
        for (const at of [0, Math.floor(size / 2), size]) {
          const body = Buffer.concat([
            Buffer.alloc(at, 'x'),
            Buffer.from(form),
            Buffer.alloc(size - at, 'y'),
          ]);
          const redacted = Buffer.from(redactor.bytes(body)).toString('latin1');
          expect(redacted).toContain('[redacted]');
          expect(redacted).not.toContain(SECRET);
          expect(CORES.filter((core) => redacted.includes(core))).toEqual([]);
        }
      }
    },
  );

  it('removes all of several, each written differently, from the middle of an image', () => {
    const image = Buffer.alloc(1_000_000, 'x');
    const noise = Buffer.from('100 % of "C:\\temp" %%%');
    const body = Buffer.concat(forms('x').flatMap((form) => [image, noise, Buffer.from(form), noise]));
    const redacted = Buffer.from(redactor.bytes(body)).toString('latin1');
    expect(redacted.match(/\[redacted\]/g)).toHaveLength(forms('x').length);
    expect(redacted.match(/100 % of "C:\\temp" %%%/g)).toHaveLength(2 * forms('x').length);
  });

  it('leaves a body without secrets as it is, without a copy', () => {
    const body = Buffer.alloc(1_000_000, 'x');
    expect(redactor.bytes(body).byteLength).toBe(body.byteLength);
    expect((redactor.bytes(body) as Buffer).equals(body)).toBe(true);
  });

  it('reaches into JSON, keys included, and keeps its shape', () => {
    const value = { [`url ${SECRET}`]: [{ message: `key ${encodeURIComponent(SECRET)}` }, 3, null, true] };
    expect(redactor.json(value)).toEqual({
      'url [redacted]': [{ message: 'key [redacted]' }, 3, null, true],
    });
  });

  it('without secrets it changes nothing', () => {
    expect(createRedactor(['']).text('plain')).toBe('plain');
  });
});

describe("redactor: secrets of a URL's query that nobody told us of", () => {
  const URLS = [
    ['https://relay.example/upload?key=AIzaForeign&upload_id=AAw-nv3_x&upload_protocol=resumable', 2],
    ['/v1beta/files?pageSize=1&api_key=AIzaForeign#top', 1],
    [encodeURIComponent('https://h/?upload_id=AAw-nv3_x&key=AIza%2FForeign&alt=json'), 2],
    ['{"url":"https:\\/\\/h\\/?key\\u003dAIzaForeign\\u0026upload_id\\u003dAAw-nv3_x"}', 2],
    ['<a href="https://h/?a=1&amp;access_token=AIzaForeign">', 1],
  ] as const;

  it.each(URLS)('%s', (url, secrets) => {
    for (const unaware of [createRedactor([]), redactor]) {
      for (const around of ['', 'x'.repeat(200_000)]) {
        const whole = `${around} ${url} ${around}`;
        for (const redacted of [unaware.text(whole), String(unaware.bytes(Buffer.from(whole)))]) {
          expect(redacted).not.toMatch(/Foreign|nv3_x/);
          expect(redacted.match(/\[redacted\]/g)).toHaveLength(secrets);
          expect(redacted.startsWith(around) && redacted.endsWith(around)).toBe(true);
        }
      }
    }
  });

  it('what only looks like one stays: prose, other parameters, image data', () => {
    const texts = [
      'the API key=value pair, "key": "value", monkey=1',
      'https://h/?monkey=1&keys=2&pageToken=3&upload_protocol=resumable',
      randomBytes(300_000).toString('base64'),
    ];
    for (const text of texts) {
      expect(redactor.text(text)).toBe(text);
      expect(String(redactor.bytes(Buffer.from(text)))).toBe(text);
    }
  });
});
