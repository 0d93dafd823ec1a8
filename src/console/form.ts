/** What a form sent: read once, within a limit, each field checked with words that name it. */
import type { IncomingMessage } from 'node:http';

/** Something in a form is missing or wrong; the page is shown again with these words. */
export class FormProblem extends Error {
  override readonly name = 'FormProblem' as const;
  readonly field: string;

  constructor(field: string, cure: string) {
    super(`${field}: ${cure}`);
    this.field = field;
  }
}

/** The sender has sent too much, or another kind of body. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused' as const;
  readonly status: 413 | 415;

  constructor(status: 413 | 415, message: string) {
    super(message);
    this.status = status;
  }
}

/** A prompt may be 256 KiB, each of its bytes three in a form. */
export const LONGEST_BODY_BYTES = 800 * 1024;

export class Form {
  private readonly fields: URLSearchParams;

  constructor(fields: URLSearchParams) {
    this.fields = fields;
  }

  /** Without spaces around it; empty where it is missing. */
  get(name: string): string {
    return (this.fields.get(name) ?? '').trim();
  }

  /** All values of a field that may be there several times. */
  all(name: string): readonly string[] {
    return this.fields.getAll(name);
  }

  /** Throws {@link FormProblem}. @param title the field as the page calls it */
  required(name: string, title = name): string {
    const value = this.get(name);
    if (value === '') throw new FormProblem(title, 'must not be empty');
    return value;
  }

  /** A number above 0. Throws {@link FormProblem}. */
  positive(name: string, title = name): number {
    const value = Number(this.required(name, title));
    if (!Number.isFinite(value) || value <= 0) throw new FormProblem(title, 'must be a number above 0');
    return value;
  }
}

/** Throws {@link BodyRefused}. */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new BodyRefused(415, 'send a form as application/x-www-form-urlencoded');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // One that is refused is answered before its connection ends.
  const all = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of all) {
    bytes += chunk.length;
    if (bytes > LONGEST_BODY_BYTES) {
      throw new BodyRefused(413, `a form has at most ${LONGEST_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return new Form(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}
