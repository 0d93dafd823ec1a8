/**
 * Removes secrets from everything that is kept or shown (I7): raw and as base64 (plain and URL-safe, at
 * each of the three alignments a longer text can give it), each also percent-encoded or escaped as in
 * JSON, in any mixture. Of a URL's query also those that nobody told us of: the keys that relays add to
 * it, and ids of uploads. And whole private keys, which nobody but us should ever hold.
 */
export const REDACTED = '[redacted]';
/** Below this the base64 forms are so short that they would match by chance. */
const SHORTEST_BASE64_SECRET = 8;
/**
 * Above this a body is mostly image data, where patterns cost more than everything else a worker does:
 * there the exact forms are searched, and patterns only around the signs that encoders and URLs write
 * and image data never holds.
 */
const PATTERN_LIMIT_BYTES = 64 * 1024;
/** `%` and backslash begin an escape, `?` and `&` a parameter. */
const SIGNS: readonly number[] = [0x25, 0x5c, 0x3f, 0x26];
const SECRET_PARAMETERS = ['key', 'api_key', 'apikey', 'access_token', 'upload_id'];
const LONGEST_PARAMETER = 512;
/** With its name before it and each character percent-encoded. */
const LONGEST_PARAMETER_BYTES = 2048;
/** In a URL as it is, percent-encoded, or escaped as in JSON or HTML. */
const PARAMETER = new RegExp(
  [
    String.raw`((?:[?&]|%3[fF]|%26|\\u003[fF]|\\u0026|&amp;)`,
    String.raw`(?:${SECRET_PARAMETERS.join('|')})(?:=|%3[dD]|\\u003[dD]))`,
    String.raw`(?:[^\s&#"'<>\\%]|%(?!26)[\da-fA-F]{2}){1,${LONGEST_PARAMETER}}`,
  ].join(''),
  'g',
);
/** With its line breaks as they are or escaped; also where its end was cut off. */
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?/g;
/** Matches nothing. */
const NEVER = '(?!)';
/** Of one byte: `\u0041`. */
const LONGEST_ESCAPE = 6;
/** Access tokens last an hour: by the time this many are known, the oldest opens nothing. */
const MOST_LEARNED = 32;

export interface Redactor {
  text(value: string): string;
  bytes(value: Uint8Array): Uint8Array;
  /** Strings anywhere inside a JSON value, keys included. */
  json<T>(value: T): T;
  /** A secret that came later: an access token. The oldest of many is forgotten. */
  learn(secret: string): void;
}

/** What is looked for: in patterns where a text is short, exactly where it is mostly image data. */
interface Forms {
  readonly pattern: RegExp;
  readonly exact: readonly Buffer[];
  /** How far around a sign a form may go. */
  readonly reach: number;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function hexAnyCase(hex: string): string {
  return [...hex].map((c) => (/[a-f]/i.test(c) ? `[${c.toLowerCase()}${c.toUpperCase()}]` : c)).join('');
}

/** Each character raw, as %XX or as JSON may escape it, so that any encoder's choice is covered. */
function inAnyEscape(text: string): string {
  return [...text]
    .map((char) => {
      const hex = [...Buffer.from(char)].map((byte) => hexAnyCase(byte.toString(16).padStart(2, '0')));
      const units = [...Array(char.length).keys()].map((i) => char.charCodeAt(i).toString(16));
      const json = units.map((unit) => String.raw`\\u${hexAnyCase(unit.padStart(4, '0'))}`).join('');
      const slash = /[/"\\]/.test(char) ? String.raw`\\?` : '';
      return `(?:${slash}${escapePattern(char)}|${hex.map((h) => `%${h}`).join('')}|${json})`;
    })
    .join('');
}

/** The characters of the secret's base64 that do not depend on its neighbours, per alignment. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < SHORTEST_BASE64_SECRET) return [];
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    const stable = encoded.slice(first, last);
    return [stable, stable.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function formsOf(secrets: readonly string[]): Forms {
  const known = [...new Set(secrets.filter((secret) => secret.length > 0))];
  const base64 = [...new Set(known.flatMap(base64Forms))];
  const longest = Math.max(0, ...[...known, ...base64].map((form) => Buffer.byteLength(form)));
  return {
    pattern: new RegExp([...known, ...base64].map(inAnyEscape).join('|') || NEVER, 'g'),
    exact: [...new Set([...known, ...known.map(encodeURIComponent), ...base64])].map((s) => Buffer.from(s)),
    reach: Math.max(LONGEST_ESCAPE * longest, LONGEST_PARAMETER_BYTES),
  };
}

export function createRedactor(secrets: readonly string[]): Redactor {
  let forms = formsOf(secrets);
  const learned: string[] = [];

  const text = (value: string): string =>
    value.replace(forms.pattern, REDACTED).replace(PARAMETER, `$1${REDACTED}`).replace(PRIVATE_KEY, REDACTED);

  const json = <T>(value: T): T => {
    if (typeof value === 'string') return text(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => json(item)) as T;
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), json(item)])) as T;
    }
    return value;
  };

  /** The same buffer where nothing was found, so that an image is not copied for nothing. */
  const byPattern = (buffer: Buffer): Buffer => {
    const latin1 = buffer.toString('latin1');
    const redacted = text(latin1);
    return redacted === latin1 ? buffer : Buffer.from(redacted, 'latin1');
  };

  const bytes = (value: Uint8Array): Uint8Array => {
    const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (buffer.length <= PATTERN_LIMIT_BYTES) return byPattern(buffer);
    const pieces: Buffer[] = [];
    let from = 0;
    for (const [start, end] of surroundings(buffer, forms.reach)) {
      const around = buffer.subarray(start, end);
      const clean = byPattern(around);
      if (clean === around) continue;
      pieces.push(buffer.subarray(from, start), clean);
      from = end;
    }
    const whole = pieces.length === 0 ? buffer : Buffer.concat([...pieces, buffer.subarray(from)]);
    return forms.exact.reduce<Buffer>(replaceAll, whole);
  };

  const learn = (secret: string): void => {
    if (secrets.includes(secret) || learned.includes(secret)) return;
    learned.push(secret);
    if (learned.length > MOST_LEARNED) learned.shift();
    forms = formsOf([...secrets, ...learned]);
  };

  return { text, bytes, json, learn };
}

/** Stretches that hold every sign with `reach` bytes around it, apart from each other. */
function* surroundings(buffer: Buffer, reach: number): Generator<readonly [number, number]> {
  let start = 0;
  let end = 0;
  for (const at of signs(buffer)) {
    if (at - reach > end) {
      if (end > 0) yield [start, end];
      start = at - reach;
    }
    end = Math.min(buffer.length, at + reach);
  }
  if (end > 0) yield [start, end];
}

/** Where bytes stand that image data never holds, in their order. */
function* signs(buffer: Buffer): Generator<number> {
  const next = new Map(SIGNS.map((sign) => [sign, buffer.indexOf(sign)]));
  for (;;) {
    let first: number | undefined;
    for (const [sign, at] of next) {
      if (at === -1) next.delete(sign);
      else if (first === undefined || at < (next.get(first) ?? 0)) first = sign;
    }
    if (first === undefined) return;
    const at = next.get(first) ?? 0;
    yield at;
    next.set(first, buffer.indexOf(first, at + 1));
  }
}

function replaceAll(buffer: Buffer, secret: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = buffer.indexOf(secret); at !== -1; at = buffer.indexOf(secret, from)) {
    pieces.push(buffer.subarray(from, at), Buffer.from(REDACTED));
    from = at + secret.length;
  }
  return pieces.length === 0 ? buffer : Buffer.concat([...pieces, buffer.subarray(from)]);
}
