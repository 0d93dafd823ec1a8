/**
 * Memory of 20 concurrent 4K images (design section 14: peak RSS growth ≤ 3× their bytes).
 *
 * One process makes 20 calls at once to a local HTTP server, stores each raw body (I2) and extracts
 * it, as 20 `generate` activities would: transport, redactor, store and extraction are the real ones.
 * Measured: the process's peak RSS over what it was after one warm-up. Not measured: Temporal's worker
 * around it, and the SDK, which only encodes the request. Bodies are made and served by another process,
 * so that they do not count. All 20 arrive at the same moment, which is the worst case. Repeats differ
 * by about 10 %.
 *
 * `node bench/memory.ts [--images 20] [--side 4096] [--json]`; the last line is JSON.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FileArtifactStore } from '../src/artifacts/file-store.ts';
import { extractResponse } from '../src/artifacts/extract.ts';
import { createRedactor } from '../src/gemini/redactor.ts';
import { createDispatcher, exchange } from '../src/gemini/transport.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '20' },
    side: { type: 'string', default: '4096' },
    json: { type: 'boolean', default: false },
    /** Internal: this process is the one that is measured. */
    measure: { type: 'string' },
    server: { type: 'string' },
  },
});
const images = Number(values.images);

interface Measured {
  readonly images: number;
  /** Of all images together, decoded from base64. */
  readonly imageBytes: number;
  readonly peakGrowthBytes: number;
  readonly ratio: number;
  readonly tookMs: number;
}

async function bodyOf(side: number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  // Noise over soft shapes: a JPEG of 4096² then weighs about what a real one does.
  const noise = await sharp(randomBytes((side * side * 3) / 64), {
    raw: { width: side / 8, height: side / 8, channels: 3 },
  })
    .resize(side, side)
    .sharpen()
    .jpeg({ quality: 95 })
    .toBuffer();
  const data = noise.toString('base64');
  const parts = [{ inlineData: { mimeType: 'image/jpeg', data }, thoughtSignature: 's'.repeat(2000) }];
  const body = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }] };
  return Buffer.from(JSON.stringify(body));
}

const dispatcher = createDispatcher();
const redactor = createRedactor(['a-key-that-is-looked-for']);

async function oneImage(store: FileArtifactStore, url: string): Promise<number> {
  const sha256 = await callAndStore(store, url);
  const { images: stored } = await extractResponse(store, sha256);
  return stored.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function callAndStore(store: FileArtifactStore, url: string): Promise<string> {
  const options = { timeoutMs: 60_000, attemptId: 'bench/1' };
  const { outcome } = await exchange((fetch) => fetch(url), dispatcher, redactor, options);
  if (outcome.kind !== 'answer') throw new Error(`no answer: ${outcome.error.message}`);
  return (await store.put(outcome.body, 'application/json')).sha256;
}

async function measure(directory: string, server: string): Promise<Measured> {
  const store = new FileArtifactStore(directory);
  await oneImage(store, `${server}/warm-up`);
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  const calls = Array.from({ length: images }, (_, n) => oneImage(store, `${server}/${n}`));
  const imageBytes = (await Promise.all(calls)).reduce((sum, each) => sum + each, 0);
  const peakGrowthBytes = process.resourceUsage().maxRSS * 1024 - before;
  await dispatcher.close();
  return {
    images,
    imageBytes,
    peakGrowthBytes,
    ratio: Number((peakGrowthBytes / imageBytes).toFixed(2)),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

/** Answers `/0`, `/1` … with one body each; no two are alike, so that none is stored once for all. */
async function serve(side: number): Promise<{ readonly url: string; close(): void }> {
  const bodies = new Map([['/warm-up', await bodyOf(1536)]]);
  for (let n = 0; n < images; n += 1) bodies.set(`/${n}`, await bodyOf(side));
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(bodies.get(request.url ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

async function measuredProcess(directory: string, server: string): Promise<Measured> {
  const args = ['--measure', directory, '--server', server, '--images', String(images)];
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the measured process ended with ${code}`);
  return JSON.parse(output) as Measured;
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  const server = await serve(Number(values.side));
  try {
    const measured = await measuredProcess(directory, server.url);
    const { imageBytes, peakGrowthBytes, ratio, tookMs } = measured;
    if (!values.json) {
      const each = mebibytes(imageBytes / images);
      const growth = mebibytes(peakGrowthBytes);
      process.stdout.write(
        `${images} images of ${each}: peak RSS grew by ${growth}, ${ratio}× their bytes, in ${tookMs} ms\n`,
      );
    }
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

if (values.measure === undefined) await main();
else process.stdout.write(JSON.stringify(await measure(values.measure, values.server ?? '')));
