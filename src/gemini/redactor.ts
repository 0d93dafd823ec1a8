/**
 * Removes secrets from everything that is kept or shown (I7): raw, percent-encoded in any mixture,
 * and base64 (plain and URL-safe, at each of the three alignments a longer text can give it).
 */
const MARK = '[redacted]';
/** Below this the base64 forms are so short that they would match by chance. */
const SHORTEST_BASE64_SECRET = 8;
/**
 * Above this a body is mostly image data, where patterns cost more than everything else a worker does:
 * there the exact forms are searched, patterns only at both ends, which hold whatever text there is.
 */
const PATTERN_LIMIT_BYTES = 64 * 1024;

export interface Redactor {
  text(value: string): string;
  bytes(value: Uint8Array): Uint8Array;
  /** Strings anywhere inside a JSON value, keys included. */
  json<T>(value: T): T;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function hexAnyCase(hex: string): string {
  return [...hex].map((c) => (/[a-f]/i.test(c) ? `[${c.toLowerCase()}${c.toUpperCase()}]` : c)).join('');
}

/** Each byte raw or as %XX, so that any encoder's choice of what to escape is covered. */
function rawOrPercent(secret: string): string {
  return [...secret]
    .map((char) => {
      const percent = [...Buffer.from(char)]
        .map((b) => `%${hexAnyCase(b.toString(16).padStart(2, '0'))}`)
        .join('');
      return `(?:${escapePattern(char)}|${percent})`;
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

export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.filter((secret) => secret.length > 0))];
  if (known.length === 0) return { text: (v) => v, bytes: (v) => v, json: (v) => v };

  const base64 = [...new Set(known.flatMap(base64Forms))];
  const pattern = new RegExp([...known.map(rawOrPercent), ...base64.map(escapePattern)].join('|'), 'g');
  const exact = [...new Set([...known, ...known.map(encodeURIComponent), ...base64])].map((s) =>
    Buffer.from(s),
  );

  const text = (value: string): string => value.replace(pattern, MARK);

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
    const redacted = latin1.replace(pattern, MARK);
    return redacted === latin1 ? buffer : Buffer.from(redacted, 'latin1');
  };

  const bytes = (value: Uint8Array): Uint8Array => {
    const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (buffer.length <= PATTERN_LIMIT_BYTES) return byPattern(buffer);
    const head = buffer.subarray(0, PATTERN_LIMIT_BYTES / 2);
    const tail = buffer.subarray(buffer.length - PATTERN_LIMIT_BYTES / 2);
    const middle = buffer.subarray(head.length, buffer.length - tail.length);
    const ends = [byPattern(head), byPattern(tail)] as const;
    const whole = ends[0] === head && ends[1] === tail ? buffer : Buffer.concat([ends[0], middle, ends[1]]);
    return exact.reduce<Buffer>(replaceAll, whole);
  };

  return { text, bytes, json };
}

function replaceAll(buffer: Buffer, secret: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = buffer.indexOf(secret); at !== -1; at = buffer.indexOf(secret, from)) {
    pieces.push(buffer.subarray(from, at), Buffer.from(MARK));
    from = at + secret.length;
  }
  return pieces.length === 0 ? buffer : Buffer.concat([...pieces, buffer.subarray(from)]);
}
