/**
 * Tells open pages that they have changed, as server-sent events: one loop for each address that somebody
 * looks at, shared by all who do, and none where nobody does. Only the version of what is to be seen is sent;
 * each browser then fetches the page as its person may see it.
 */
import type { ServerResponse } from 'node:http';

export interface LiveOptions {
  /** The version of what an address shows now. */
  readonly versionOf: (key: string) => Promise<string>;
  /** Between two looks, in milliseconds. A look that takes long makes this longer. */
  readonly everyMs: number;
}

/** Streams at a time; each browser tab holds one. */
export const MOST_STREAMS = 100;
/** Proxies cut connections that are silent for a minute. */
const BEAT_MS = 15_000;
/** At most this share of the time is spent looking. */
const SHARE = 4;

interface Stream {
  readonly response: ServerResponse;
  version: string;
}

interface Watch {
  readonly streams: Set<Stream>;
  timer: NodeJS.Timeout | undefined;
}

export class Live {
  private readonly watches = new Map<string, Watch>();
  private readonly options: LiveOptions;
  private readonly beat: NodeJS.Timeout;
  private isClosed = false;

  constructor(options: LiveOptions) {
    this.options = options;
    this.beat = setInterval(() => {
      for (const { response } of this.streams()) response.write(': here\n\n');
    }, BEAT_MS);
    this.beat.unref();
  }

  get size(): number {
    return [...this.streams()].length;
  }

  /** @param version what the page that asks shows */
  open(key: string, version: string, response: ServerResponse): void {
    const stream: Stream = { response, version };
    const watch = this.watches.get(key) ?? { streams: new Set(), timer: undefined };
    const isNew = watch.streams.size === 0;
    watch.streams.add(stream);
    this.watches.set(key, watch);
    // Whoever leaves in mid-sentence is no error.
    response.on('error', () => undefined);
    response.on('close', () => {
      watch.streams.delete(stream);
      if (watch.streams.size > 0) return;
      clearTimeout(watch.timer);
      if (this.watches.get(key) === watch) this.watches.delete(key);
    });
    // Behind a proxy nothing is seen until something was sent.
    response.write('retry: 2000\n\n');
    if (isNew) this.lookSoon(key, watch, 0);
  }

  /** Ends all streams; none is opened any more. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.beat);
    for (const { response } of this.streams()) response.end();
    for (const { timer } of this.watches.values()) clearTimeout(timer);
    this.watches.clear();
  }

  private *streams(): Generator<Stream> {
    for (const { streams } of this.watches.values()) yield* streams;
  }

  private lookSoon(key: string, watch: Watch, ms: number): void {
    if (this.isClosed || watch.streams.size === 0) return;
    watch.timer = setTimeout(() => {
      void this.look(key, watch);
    }, ms);
  }

  /** Never rejects. */
  private async look(key: string, watch: Watch): Promise<void> {
    const began = performance.now();
    // What cannot be loaded is told by the page itself, once it is fetched.
    const version = await this.options.versionOf(key).catch(() => 'failed');
    for (const stream of watch.streams) {
      if (stream.version === version) continue;
      stream.version = version;
      stream.response.write(`event: version\ndata: ${version}\n\n`);
    }
    const tookMs = performance.now() - began;
    this.lookSoon(key, watch, Math.max(this.options.everyMs, (SHARE - 1) * tookMs));
  }
}
