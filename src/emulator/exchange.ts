/**
 * One HTTP request and what becomes of its connection. Outcomes of a delivery: `whole` (the last byte
 * was handed to the socket), `cut` (some bytes), `none`. A client that goes away ends every wait.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { DEFAULT_CUT_PERCENT, DEFAULT_SLOW_MS } from './faults/transport.ts';
import type { Transport } from './faults/transport.ts';
import type { Delivery } from './ledger.ts';

export type BodyRead =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  /** The client went away before its request was whole. */
  | { readonly kind: 'gone' };

const SLOW_STEPS = 10;

export class Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly #response: ServerResponse;
  readonly #gone = new AbortController();

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.#response = response;
    this.url = new URL(request.url ?? '/', 'http://emulator');
    response.once('close', () => this.#gone.abort());
    // A broken connection is an outcome here, never an uncaught error.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
  }

  get gone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** Reads the body; past `maxBytes` the rest is read and thrown away, so that the client hears the refusal. */
  async readBody(maxBytes: number): Promise<BodyRead> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of this.request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size <= maxBytes) chunks.push(chunk);
      }
    } catch {
      return { kind: 'gone' };
    }
    if (!this.request.complete) return { kind: 'gone' };
    return size > maxBytes ? { kind: 'too-large' } : { kind: 'body', body: Buffer.concat(chunks) };
  }

  /** Waits, unless the client goes away first. */
  async wait(ms: number): Promise<void> {
    if (ms <= 0 || this.gone) return;
    await sleep(ms, undefined, { signal: this.#gone.signal }).catch(() => undefined);
  }

  /** Resets the connection: the client sees ECONNRESET. */
  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  async send(answer: Answer, transport?: Transport): Promise<Delivery> {
    const ms = transport?.ms ?? DEFAULT_SLOW_MS;
    const part = (transport?.percent ?? DEFAULT_CUT_PERCENT) / 100;
    switch (transport?.kind) {
      case undefined:
        return this.#sendWhole(answer);
      case 'reset-before':
      case 'reset-after':
        this.reset();
        return 'none';
      case 'close-after':
        this.request.socket.destroy();
        return 'none';
      case 'hang':
        await this.#closed();
        return 'none';
      case 'slow-headers':
        await this.wait(ms);
        return this.#sendWhole(answer);
      case 'slow-body':
        return this.#sendSlowly(answer, ms);
      case 'cut-body':
        await this.#sendPart(answer, part);
        this.request.socket.destroy();
        return 'cut';
      case 'stall-body':
        await this.#sendPart(answer, part);
        await this.#closed();
        return 'cut';
    }
  }

  #head(answer: Answer): Buffer {
    const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(answer.body);
    this.#response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
    return body;
  }

  async #sendWhole(answer: Answer): Promise<Delivery> {
    if (this.gone) return 'none';
    const finished = this.#finished();
    this.#response.end(this.#head(answer));
    return finished;
  }

  async #sendSlowly(answer: Answer, ms: number): Promise<Delivery> {
    if (this.gone) return 'none';
    const finished = this.#finished();
    const body = this.#head(answer);
    this.#response.flushHeaders();
    const step = Math.max(1, Math.ceil(body.length / SLOW_STEPS));
    for (let at = 0; at < body.length && !this.gone; at += step) {
      await this.wait(ms / SLOW_STEPS);
      this.#response.write(body.subarray(at, at + step));
    }
    this.#response.end();
    return finished;
  }

  async #sendPart(answer: Answer, share: number): Promise<void> {
    if (this.gone) return;
    const body = this.#head(answer);
    this.#response.flushHeaders();
    const sent = body.subarray(0, Math.floor(body.length * share));
    const flushed = new Promise<void>((resolve) => this.#response.write(sent, () => resolve()));
    // The write's callback never comes once the client is gone.
    await Promise.race([flushed, this.#closed()]);
  }

  async #finished(): Promise<Delivery> {
    return new Promise((resolve) => {
      this.#response.once('finish', () => resolve('whole'));
      this.#response.once('close', () => resolve(this.#response.writableFinished ? 'whole' : 'cut'));
    });
  }

  async #closed(): Promise<void> {
    if (this.gone) return;
    await new Promise<void>((resolve) => {
      this.#gone.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
