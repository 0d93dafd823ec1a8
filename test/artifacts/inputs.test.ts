import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkInput } from '../../src/artifacts/check-input.ts';
import { InputProblem } from '../../src/artifacts/input-problem.ts';
import { loadInput } from '../../src/artifacts/load-input.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { LocalInput } from '../../src/artifacts/read-input.ts';
import { storeInput } from '../../src/artifacts/store-input.ts';
import { heic, image } from './images.ts';

let store: MemoryArtifactStore;
let directory: string;
beforeEach(async () => {
  store = new MemoryArtifactStore();
  directory = await mkdtemp(join(tmpdir(), 'inputs-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

async function problemOf(work: Promise<unknown>): Promise<InputProblem> {
  const error = await work.then(
    () => new Error('it was taken'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InputProblem);
  return error as InputProblem;
}

const ADMIT = [
  ['storeInput (client)', storeInput],
  ['loadInput (worker)', loadInput],
] as const;

describe.each(ADMIT)('%s', (_name, admit) => {
  async function refused(input: LocalInput, field = 'inputs[0]'): Promise<InputProblem> {
    const problem = await problemOf(admit(input, { store, field }));
    expect(store['artifacts'].size).toBe(0);
    expect(problem.message).toContain(problem.field);
    expect(problem.message).toContain(problem.allowed);
    expect(problem.message).toContain(`caller: ${problem.cure}`);
    expect(problem.retryable).toBe(false);
    return problem;
  }

  test('a path, bytes, base64, a data: URL and an artifact give the same reference', async () => {
    const bytes = await image('png', 80, 48);
    const ref = { mime: 'image/png', width: 80, height: 48, bytes: bytes.length };
    const base64 = bytes.toString('base64');
    const inputs: LocalInput[] = [
      { path: await file('a.png', bytes) },
      { bytes },
      { base64 },
      { base64: base64.replace(/(.{76})/g, '$1\r\n') },
      { base64: `data:image/png;base64,${base64}` },
    ];
    for (const input of inputs) {
      const stored = await admit(input, { store });
      expect(stored).toEqual({ ref: { ...ref, sha256: stored.ref.sha256 }, warnings: [] });
      expect(Buffer.from(await store.get(stored.ref.sha256)).equals(bytes)).toBe(true);
    }
    const { sha256 } = (await admit({ bytes }, { store })).ref;
    expect(await admit({ artifact: sha256 }, { store })).toEqual({ ref: { ...ref, sha256 }, warnings: [] });
    expect(store['artifacts'].size).toBe(1);
  });

  test.each(['jpeg', 'progressive-jpeg', 'webp'] as const)('%s is taken', async (kind) => {
    expect((await admit({ bytes: await image(kind, 40) }, { store })).ref).toMatchObject({ width: 40 });
  });

  test('HEIC is taken by its structure', async () => {
    const { ref } = await admit({ bytes: heic(400, 300) }, { store });
    expect(ref).toMatchObject({ mime: 'image/heic', width: 400, height: 300 });
  });

  test('a wrong declared type is corrected with a warning, wherever it was declared', async () => {
    const bytes = await image('jpeg');
    const declared: LocalInput[] = [
      { path: await file('photo.png', bytes) },
      { bytes, mime: 'image/png' },
      { base64: `data:image/png;base64,${bytes.toString('base64')}` },
    ];
    for (const input of declared) {
      const { ref, warnings } = await admit(input, { store, field: 'inputs[3]' });
      expect(ref.mime).toBe('image/jpeg');
      expect(warnings).toEqual([
        expect.stringMatching(/^inputs\[3\]\.\w+: .*declared image\/png but is image\/jpeg/s),
      ]);
    }
    expect((await admit({ bytes, mime: 'image/jpg' }, { store })).warnings).toEqual([]);
    expect((await admit({ bytes: heic(), mime: 'image/heif' }, { store })).warnings).toEqual([]);
  });

  test.each(['gif', 'tiff', 'avif'] as const)('%s is refused: Gemini does not take it', async (kind) => {
    const problem = await refused({ bytes: await image(kind) });
    expect(problem).toMatchObject({ reason: 'mime', field: 'inputs[0].bytes' });
    expect(problem.message).toContain(`is image/${kind}, which Gemini does not take`);
    expect(problem.allowed).toBe('image/png, image/jpeg, image/webp, image/heic, image/heif');
  });

  test.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['a PDF', '%PDF-1.7', 'application/pdf'],
    ['a page', '<!doctype html>', 'text/html'],
  ])('%s is refused by name', async (_kind, text, mime) => {
    const problem = await refused({ path: await file('picture.png', Buffer.from(text)) });
    expect(problem).toMatchObject({ reason: 'mime', field: 'inputs[0].path' });
    expect(problem.message).toContain(mime);
  });

  test.each(['png', 'jpeg', 'webp'] as const)('a truncated %s is refused', async (kind) => {
    const bytes = (await image(kind, 200)).subarray(0, -100);
    const problem = await refused({ path: await file(`cut.${kind}`, bytes) }, 'inputs[1]');
    expect(problem).toMatchObject({ reason: 'bad-input', field: 'inputs[1].path' });
    expect(problem.message).toMatch(/cut short|cannot be decoded/);
  });

  test.each([
    ['0 bytes', { bytes: new Uint8Array() }, /empty \(0 bytes\)/],
    ['bytes that are no image', { bytes: Buffer.from('hello') }, /not an image of a known type/],
    ['text that is no base64', { base64: 'not base64!' }, /is not base64/],
    ['a data: URL of another encoding', { base64: 'data:image/png,abc' }, /without ;base64/],
    ['empty base64', { base64: '' }, /empty \(0 bytes\)/],
    ['an artifact that is not there', { artifact: '0'.repeat(64) }, /is not in the store/],
    ['an artifact that is no hash', { artifact: '../../etc/passwd' }, /is not in the store/],
    ['a path that is not there', { path: '/nowhere/at all.png' }, /does not exist/],
    ['an empty path', { path: '' }, /does not exist/],
    ['a path with a NUL', { path: 'a\0b' }, /is not a path/],
    ['a directory', { path: tmpdir() }, /not a regular file/],
    ['a device', { path: '/dev/zero' }, /not a regular file/],
  ] satisfies readonly (readonly [string, LocalInput, RegExp])[])(
    '%s is refused in words',
    async (_kind, input, words) => {
      const problem = await refused(input);
      expect(problem.reason).toBe('bad-input');
      expect(problem.message).toMatch(words);
    },
  );

  test('25 MB is refused by its size before it is read or decoded', async () => {
    const large = new Uint8Array(25 * 1024 * 1024);
    for (const [field, input] of [
      ['path', { path: await file('large.png', large) }],
      ['bytes', { bytes: large }],
      ['base64', { base64: 'A'.repeat(35 * 1024 * 1024) }],
    ] as const) {
      const problem = await refused(input);
      expect(problem).toMatchObject({
        reason: 'too-large',
        field: `inputs[0].${field}`,
        allowed: 'at most 20.0 MiB',
      });
    }
    const { sha256 } = await store.put(large, 'image/png');
    const problem = await problemOf(admit({ artifact: sha256 }, { store }));
    expect(problem).toMatchObject({ reason: 'too-large', field: 'inputs[0].artifact' });
  });

  test('a pipe that nobody writes to does not hold the caller', async () => {
    const path = join(directory, 'pipe');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect((await refused({ path })).message).toContain('not a regular file');
  });

  test('the limit is the caller’s to lower', async () => {
    const bytes = await image('png', 200);
    await expect(admit({ bytes }, { store, maxBytes: 1000 })).rejects.toThrow(/at most 1000 bytes/);
  });

  test('an artifact that is damaged in the store is a problem of that input', async () => {
    const { sha256 } = await store.put(await image('png'), 'image/png');
    const stored = store['artifacts'].get(sha256);
    if (stored !== undefined) stored.bytes[50] = (stored.bytes[50] ?? 0) ^ 1;
    const problem = await problemOf(admit({ artifact: sha256 }, { store }));
    expect(problem.message).toContain('is damaged in the store');
  });
});

describe('damaged pixels', () => {
  test('pass the client’s look at the header and are found by the worker, before any call', async () => {
    const bytes = await image('png', 200);
    for (let at = 0; at < 64; at += 1) bytes[(bytes.length >> 1) + at] = 0x5a;
    const { ref } = await storeInput({ bytes }, { store });
    expect(ref.width).toBe(200);
    const problem = await problemOf(loadInput({ bytes }, { store, field: 'inputs[2]' }));
    expect(problem).toMatchObject({ reason: 'bad-input', field: 'inputs[2].bytes' });
    expect(await checkInput(await store.get(ref.sha256), 'inputs[2]')).toEqual({
      reason: 'bad-input',
      field: 'inputs[2]',
      value: `the stored image of ${bytes.length} bytes`,
      allowed: 'a whole image of type image/png, image/jpeg, image/webp, image/heic, image/heif',
      message: expect.stringMatching(
        /^the stored image .*cannot be decoded.*send a whole, valid image file$/s,
      ),
    });
    expect(await checkInput(await image('png', 200), 'inputs[2]')).toBeUndefined();
  });
});

/** What a module loads when it is imported, from the text of its static imports. */
function packagesBehind(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, from = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms)) {
      if (from.startsWith('.')) visit(join(path, '..', from));
      else packages.add(from);
    }
  };
  visit(entry);
  return packages;
}

test('what the client imports loads no native code, no threads and no HTTP client', () => {
  const source = (name: string): string =>
    fileURLToPath(new URL(`../../src/artifacts/${name}`, import.meta.url));
  for (const name of ['store-input.ts', 'file-store.ts', 'memory-store.ts', 'provenance.ts']) {
    const packages = [...packagesBehind(source(name))].filter((each) => !each.startsWith('node:'));
    expect(packages.filter((each) => each !== 'image-size')).toEqual([]);
  }
  expect(packagesBehind(source('load-input.ts'))).toContain('undici');
});
