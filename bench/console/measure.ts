/** How long a page takes and how large it is, as a browser meets it: a request on a connection that is open. */
import { median } from '../statistics.ts';

export interface Measured {
  /** From the request to the last byte: the first time, when nothing was looked at before, and later, median. */
  readonly firstMs: number;
  readonly ms: number;
  readonly slowestMs: number;
  /** Of its HTML. */
  readonly bytes: number;
}

/** A page that was just looked at is kept for a second, for everybody: no second look of ours may find it so. */
const APART_MS = 1_300;

export async function measure(url: string, looks: number): Promise<Measured> {
  const times: number[] = [];
  let bytes = 0;
  for (let look = 0; look <= looks; look += 1) {
    if (look > 0) await new Promise((resolve) => setTimeout(resolve, APART_MS));
    const began = performance.now();
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    const body = await response.arrayBuffer();
    times.push(performance.now() - began);
    if (response.status !== 200) throw new Error(`${url}: status ${response.status}`);
    bytes = body.byteLength;
  }
  const [firstMs = 0, ...later] = times;
  return { firstMs, ms: median(later), slowestMs: Math.max(...times), bytes };
}
