/**
 * Memory of 20 concurrent 4K images (design section 14: peak RSS growth ≤ 3× their bytes).
 *
 * One process receives 20 response bodies at once, stores each raw body (I2) and extracts it, as 20
 * `generate` activities would. Measured: the process's own peak RSS over what it was after one warm-up
 * extraction. Not measured: the HTTP client and the worker around it. The bodies are made by another
 * process, so that making them does not count. Repeats differ by about 10 %.
 *
 * `node bench/memory.ts [--images 20] [--side 4096] [--json]`; the last line is JSON.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FileArtifactStore } from '../src/artifacts/file-store.ts';
import { extractResponse } from '../src/artifacts/extract.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '20' },
    side: { type: 'string', default: '4096' },
    json: { type: 'boolean', default: false },
    /** Internal: this process is the one that is measured. */
    measure: { type: 'string' },
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

async function bodyOf(side: number): Promise<{ readonly body: Buffer; readonly bytes: number }> {
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
  return { body: Buffer.from(JSON.stringify(body)), bytes: noise.length };
}

/** As a body arrives from the network: in chunks, joined once. */
async function receive(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function oneImage(store: FileArtifactStore, path: string): Promise<number> {
  const { sha256 } = await store.put(await receive(path), 'application/json');
  const { images: stored } = await extractResponse(store, sha256);
  return stored.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function measure(directory: string): Promise<Measured> {
  const store = new FileArtifactStore(join(directory, 'store'));
  await oneImage(store, join(directory, 'warm-up.json'));
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  const paths = Array.from({ length: images }, (_, n) => join(directory, `${n}.json`));
  const bytes = await Promise.all(paths.map((path) => oneImage(store, path)));
  const imageBytes = bytes.reduce((sum, each) => sum + each, 0);
  const peakGrowthBytes = process.resourceUsage().maxRSS * 1024 - before;
  return {
    images,
    imageBytes,
    peakGrowthBytes,
    ratio: Number((peakGrowthBytes / imageBytes).toFixed(2)),
    tookMs: Math.round(performance.now() - startedAt),
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-memory-'));
  try {
    await writeFile(join(directory, 'warm-up.json'), (await bodyOf(1536)).body);
    for (let n = 0; n < images; n += 1) {
      await writeFile(join(directory, `${n}.json`), (await bodyOf(Number(values.side))).body);
    }
    const args = [fileURLToPath(import.meta.url), '--measure', directory, '--images', String(images)];
    const child = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.status !== 0)
      throw new Error(`the measured process ended with ${child.status ?? child.signal}`);
    const measured = JSON.parse(child.stdout) as Measured;
    const { size } = await stat(join(directory, '0.json'));
    if (!values.json) {
      process.stdout.write(
        `${images} images of ${mebibytes(measured.imageBytes / images)} (body ${mebibytes(size)}): ` +
          `peak RSS grew by ${mebibytes(measured.peakGrowthBytes)}, ${measured.ratio}× their bytes, ` +
          `in ${measured.tookMs} ms\n`,
      );
    }
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

if (values.measure === undefined) await main();
else process.stdout.write(JSON.stringify(await measure(values.measure)));
