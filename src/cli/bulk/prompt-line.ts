/** One line of the prompts file as a request, or what is wrong with it. */
import { createHash } from 'node:crypto';
import { checkKey } from '../../client/bulk-item.ts';
import type { BulkLine } from '../../client/bulk-item.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import { DEFAULT_CATALOGUE } from '../../domain/catalogue.ts';
import { InvalidRequest, parseRequest } from '../../schema/request.ts';
import { formatTrouble } from './line-format.ts';
import type { ReadLine } from './read-lines.ts';
import { LONGEST_LINE_BYTES } from './read-lines.ts';

export interface PromptLine extends BulkLine {
  /** Number of the line, from 1. */
  readonly n: number;
  /** Of the whole request: tells whether an id came with another one before. */
  readonly digest: string;
}

export interface BadLine {
  readonly n: number;
  /** Absent where it could not be read. */
  readonly key?: string;
  readonly why: string;
}

export type Parsed =
  | { readonly kind: 'prompt'; readonly prompt: PromptLine }
  | { readonly kind: 'bad'; readonly bad: BadLine }
  /** Nothing but white space. */
  | { readonly kind: 'empty' };

const EXAMPLE = '{ "id": "fox", "prompt": "a red fox in snow" }';
const DIGEST_LENGTH = 16;

/**
 * @param defaults Fields of a request for lines that do not say otherwise.
 * @param catalogue What models can do, as far as it is known here.
 */
export function parseLine(
  line: ReadLine,
  defaults: object,
  catalogue: Catalogue = DEFAULT_CATALOGUE,
): Parsed {
  const { n } = line;
  const bad = (why: string, key?: string): Parsed => ({
    kind: 'bad',
    bad: { n, why, ...(key === undefined ? {} : { key }) },
  });
  if (line.kind === 'too-long')
    return bad(
      `is ${line.bytes} bytes long: at most ${LONGEST_LINE_BYTES} are read; put long texts in shorter prompts`,
    );
  if (line.kind === 'not-utf8') return bad('is not UTF-8: save the file as UTF-8');
  if (line.text.trim() === '') return { kind: 'empty' };
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return bad(`is not JSON: each line is one object, such as ${EXAMPLE}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return bad(`is no JSON object: write ${EXAMPLE}`);
  const { id, ...fields } = value as Readonly<Record<string, unknown>>;
  if (id !== undefined && typeof id !== 'string') return bad('id must be a text: write it in quotes');
  const key = id ?? String(n);
  if ('idempotencyKey' in fields) return bad('idempotencyKey is made of the id: leave it out', key);
  try {
    checkKey(key);
    const request = { ...defaults, ...fields } as PromptLine['request'];
    parseRequest(request);
    const trouble = formatTrouble(catalogue, request);
    if (trouble !== undefined) return bad(trouble, key);
    return { kind: 'prompt', prompt: { n, key, request, digest: digestOf(request) } };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return bad(problemWords(error), key);
  }
}

/** What a line says of its fields, `id` being what the client calls the key. */
export function problemWords({ problems }: InvalidRequest): string {
  return problems.map(({ field, message }) => `${field === 'key' ? 'id' : field} ${message}`).join('; ');
}

function digestOf(request: object): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex').slice(0, DIGEST_LENGTH);
}
