/**
 * The ledger: one entry for each API call, written before any fault strikes, and one for each request of
 * a batch job (method `batch.item`). It is the judge of double
 * payment, so `billed` says what the provider charged for, whatever the client came to know of it.
 *
 * `billed` is true when an image was made and charged. Errors signed by Google, refusals, blank and
 * text-only answers charge for no image; `usd` is what the call cost at list price, text included.
 */
import type { Size } from '../domain/request.ts';
import type { EmulatedEndpoint } from './vertex/place.ts';

/** `whole`: the last byte was handed to the socket. `cut`: some. `none`: no byte. */
export type Delivery = 'pending' | 'whole' | 'cut' | 'none';

export interface Tokens {
  readonly prompt: number;
  readonly thoughts: number;
  /** All output but thoughts. */
  readonly candidates: number;
  /** The part of `candidates` that is image. */
  readonly image: number;
  readonly total: number;
}

export interface LedgerInput {
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: number;
  /** Id of the file that it came in; absent where it came inline. */
  readonly file?: string;
}

/** What a call carried of a conversation before its last user turn. */
export interface LedgerHistory {
  readonly contents: number;
  readonly images: number;
  /** Of those, how many lay in files. */
  readonly inFiles: number;
  /** Parts that brought a thought signature back. */
  readonly signatures: number;
}

export interface LedgerEntry {
  /** Number of the call since the last reset, from 1. */
  readonly n: number;
  /** ISO 8601, when the request's headers had arrived. */
  readonly at: string;
  readonly method: string;
  readonly apiVersion: string;
  /** Which dialect it spoke. */
  readonly endpoint: EmulatedEndpoint;
  /** Of Google Cloud, on Vertex. */
  readonly location?: string;
  /** The service account that an access token was issued to. */
  account?: string;
  /** First 16 hex digits of the key's SHA-256, or nothing without a key. */
  keyHash?: string;
  /** As the path named it. */
  model?: string;
  /** What answered: differs where the emulator re-routes an id. */
  servedModel?: string;
  promptSha256?: string;
  /** The first 200 characters of the last user turn. */
  prompt?: string;
  /**
   * From the header `x-gemini-images-generation: <generationId>/<n>`, which may be percent-encoded; of a
   * batch's request from its key, of the same form.
   */
  generation?: { readonly id: string; readonly n: number };
  readonly headers: Readonly<Record<string, string>>;
  modalities?: readonly string[];
  size?: Size;
  ratio?: string;
  width?: number;
  height?: number;
  inputs?: readonly LedgerInput[];
  history?: LedgerHistory;
  /** The job (`batches/<id>`) that a call is about, or that the request is of; its key and line there. */
  batch?: { readonly job: string; readonly key?: string; readonly line?: number };
  /** Id of the file that a file call is about, once it has one. */
  file?: string;
  /**
   * `image`, `text`, `text:rewrite`, `text:simplify`, `tokens`, `models`, `files`, `upload:start`,
   * `upload:part`, `upload:file`, `batches`, `token`, `refused-grant`, `invalid`, `refused-key`,
   * `unknown-location`, `quota:batch`, `quota:<dimension>`, `safety:<kind>` or `fault:<name>`.
   */
  decision: string;
  /** HTTP status decided on; absent when the connection was to break before an answer. */
  status?: number;
  billed: boolean;
  tokens?: Tokens;
  usd: number;
  delivered: Delivery;
  /** From the headers' arrival to the end of the delivery. */
  durationMs?: number;
}

export interface LedgerTotals {
  readonly calls: number;
  readonly billed: number;
  readonly usd: number;
  /** Entries dropped because the ledger was full; above 0 the ledger no longer judges. */
  readonly dropped: number;
}

/** Request headers worth keeping: who called, how long it would wait, which generation it was for. */
const KEPT_HEADERS = [
  'user-agent',
  'x-goog-api-client',
  'x-server-timeout',
  'x-gemini-images-generation',
  'content-length',
  'content-type',
] as const;

export function keptHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) kept[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return kept;
}

/** Reads `<generationId>/<n>`, percent-encoded as a whole or not; an id may itself hold slashes. */
export function generationOf(
  header: string | undefined,
): { readonly id: string; readonly n: number } | undefined {
  const match = header === undefined ? null : /^(.+)\/(\d+)$/.exec(decoded(header));
  return match ? { id: match[1] as string, n: Number(match[2]) } : undefined;
}

/** A header holds no `ü`, so the client encodes the id; one with a slash was not encoded. */
function decoded(header: string): string {
  if (header.includes('/')) return header;
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}

export class Ledger {
  #entries: LedgerEntry[] = [];
  #n = 0;
  #dropped = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  open(
    about: Pick<LedgerEntry, 'method' | 'apiVersion' | 'endpoint' | 'location' | 'headers'> & {
      readonly at: number;
      model?: string;
      file?: string;
    },
  ): LedgerEntry {
    this.#n += 1;
    const generation = generationOf(about.headers['x-gemini-images-generation']);
    const entry: LedgerEntry = {
      ...about,
      n: this.#n,
      at: new Date(about.at).toISOString(),
      ...(generation ? { generation } : {}),
      decision: 'pending',
      billed: false,
      usd: 0,
      delivered: 'pending',
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) {
      this.#entries.shift();
      this.#dropped += 1;
    }
    return entry;
  }

  /** A copy that later calls do not change. */
  entries(): LedgerEntry[] {
    return structuredClone(this.#entries);
  }

  totals(): LedgerTotals {
    let billed = 0;
    let usd = 0;
    for (const entry of this.#entries) {
      if (entry.billed) billed += 1;
      usd += entry.usd;
    }
    return { calls: this.#n, billed, usd: Math.round(usd * 1e6) / 1e6, dropped: this.#dropped };
  }

  reset(): void {
    this.#entries = [];
    this.#n = 0;
    this.#dropped = 0;
  }
}
