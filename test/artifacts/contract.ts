/**
 * What every artifact store promises, as one suite. A store's own test file calls `storeContract`
 * with a harness; what only some stores can show (processes, crashes) is tested beside it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test, beforeEach, afterEach } from 'vitest';
import { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from '../../src/artifacts/errors.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';

export interface StoreHarness {
  readonly store: ArtifactStore;
  /** Changes one byte of a stored artifact behind the store's back. */
  damage(sha256: string): Promise<void>;
  /** A second store over the same contents, as another process would have it. */
  reopen(): ArtifactStore;
  /** A store that has no room for `bytes` more bytes. */
  full(bytes: number): Promise<ArtifactStore>;
  dispose(): Promise<void>;
}

const ABSENT = '0'.repeat(64);
const MIB = 1024 * 1024;

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const AWKWARD_NAMES = [
  'plain',
  'attempts/generation-1/1',
  '..',
  '../../etc/passwd',
  '/absolute',
  'a//b',
  'a/',
  'a',
  'A',
  '',
  '.',
  'spaces and ünïcödé/日本語/🍌',
  'percent%2fencoded',
  'percent/encoded',
  'nul\0newline\nquote"backslash\\',
  'CON',
  'a.json',
  'a.json/b',
  `long-${'x'.repeat(5_000)}`,
  `long-${'x'.repeat(5_001)}`,
  `${'日'.repeat(90)}/${'本'.repeat(90)}/1`,
  'unpaired \ud800',
  'unpaired \ud801',
];

export function storeContract(name: string, make: () => Promise<StoreHarness>): void {
  describe(`artifact store contract: ${name}`, () => {
    let harness: StoreHarness;
    let store: ArtifactStore;

    beforeEach(async () => {
      harness = await make();
      store = harness.store;
    });
    afterEach(() => harness.dispose());

    test('an artifact is addressed by its SHA-256 and reads back byte for byte', async () => {
      for (const size of [0, 1, 1000, MIB, 3 * MIB + 7]) {
        const bytes = randomBytes(size);
        const ref = await store.put(bytes, 'image/png');
        expect(ref).toEqual({ sha256: digest(bytes), mime: 'image/png', bytes: size });
        expect(Buffer.from(await harness.reopen().get(ref.sha256)).equals(bytes)).toBe(true);
        expect((await collect(await harness.reopen().open(ref.sha256))).equals(bytes)).toBe(true);
      }
    });

    test('the hash alone is enough to find bytes, size and type', async () => {
      const { sha256 } = await store.put(Buffer.from('hello'), 'text/plain');
      expect(await harness.reopen().stat(sha256)).toEqual({ sha256, mime: 'text/plain', bytes: 5 });
      expect(await harness.reopen().has(sha256)).toBe(true);
    });

    test('what was never stored is missing, whatever the reference looks like', async () => {
      for (const reference of [ABSENT, '', '../../etc/passwd', ABSENT.slice(1), ABSENT.toUpperCase() + 'F']) {
        expect(await store.has(reference)).toBe(false);
        expect(await store.stat(reference)).toBeUndefined();
        await expect(store.get(reference)).rejects.toThrow(ArtifactMissing);
        await expect(store.open(reference)).rejects.toThrow(ArtifactMissing);
      }
    });

    test('the same bytes stored twice, also at once, are one artifact', async () => {
      const bytes = randomBytes(2 * MIB);
      const refs = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes, 'image/jpeg')));
      expect(new Set(refs.map(({ sha256 }) => sha256))).toEqual(new Set([digest(bytes)]));
      expect(Buffer.from(await store.get(digest(bytes))).equals(bytes)).toBe(true);
    });

    test('the type that was noted first stays', async () => {
      const { sha256 } = await store.put(Buffer.from('{}'), 'application/json');
      expect(await store.put(Buffer.from('{}'), 'text/plain')).toMatchObject({ sha256, mime: 'text/plain' });
      expect(await harness.reopen().stat(sha256)).toMatchObject({ mime: 'application/json' });
    });

    test('what is handed out is a copy: changing it changes nothing stored', async () => {
      const bytes = Buffer.from('original');
      const { sha256 } = await store.put(bytes, 'text/plain');
      bytes.fill(0);
      (await store.get(sha256)).fill(0);
      expect(Buffer.from(await store.get(sha256)).toString()).toBe('original');
    });

    test('a changed byte is found on reading and at the end of a stream', async () => {
      const { sha256 } = await store.put(randomBytes(2 * MIB), 'image/png');
      await harness.damage(sha256);
      await expect(store.get(sha256)).rejects.toThrow(ArtifactCorrupt);
      await expect(collect(await store.open(sha256))).rejects.toThrow(ArtifactCorrupt);
    });

    test('storing the original bytes again heals a damaged artifact', async () => {
      const bytes = randomBytes(1000);
      const { sha256 } = await store.put(bytes, 'image/png');
      await harness.damage(sha256);
      await store.put(bytes, 'image/png');
      expect(Buffer.from(await store.get(sha256)).equals(bytes)).toBe(true);
    });

    test('an aborted call does not pretend to have worked', async () => {
      const bytes = randomBytes(3 * MIB);
      await expect(store.put(bytes, 'image/png', AbortSignal.abort())).rejects.toThrow(/abort/i);
      expect(await store.has(digest(bytes))).toBe(false);
      await store.put(bytes, 'image/png');
      await expect(store.get(digest(bytes), AbortSignal.abort())).rejects.toThrow(/abort/i);
      // Where a server is asked, opening itself is aborted; else the first read is.
      const read = async () => await collect(await store.open(digest(bytes), AbortSignal.abort()));
      await expect(read()).rejects.toThrow(/abort/i);
    });

    test('I11: of 20 writers of one record exactly one is told created, and its value stays', async () => {
      const stores = Array.from({ length: 20 }, () => harness.reopen());
      const told = await Promise.all(stores.map((each, writer) => each.createRecord('fence/1', { writer })));
      expect(told.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(await store.readRecord('fence/1')).toEqual({ writer: told.indexOf('created') });
    });

    test('a record keeps any JSON value, null and long text too, and refuses what JSON cannot hold', async () => {
      const values = [null, 0, '', false, [], { a: { b: ['ü', null] } }, 'x'.repeat(100_000)];
      for (const [index, value] of values.entries()) {
        expect(await store.createRecord(`value/${index}`, value)).toBe('created');
        expect(await harness.reopen().readRecord(`value/${index}`)).toEqual(value);
      }
      await expect(store.createRecord('value/none', undefined)).rejects.toThrow(TypeError);
      expect(await store.readRecord('value/none')).toBeUndefined();
    });

    test('any text is a record name, and no two names are one record', async () => {
      for (const awkward of AWKWARD_NAMES) {
        expect([awkward, await store.createRecord(awkward, { is: awkward })]).toEqual([awkward, 'created']);
      }
      for (const awkward of AWKWARD_NAMES) {
        expect(await harness.reopen().readRecord(awkward)).toEqual({ is: awkward });
        expect(await store.createRecord(awkward, 'again')).toBe('exists');
      }
      expect(await store.listRecords('')).toEqual([...AWKWARD_NAMES].sort());
    });

    test('records are listed by prefix, in order, up to the limit', async () => {
      for (const each of ['attempts/b/2', 'attempts/b/1', 'attempts/b/10', 'attempts/bc/1', 'other/b/1']) {
        await store.createRecord(each, 1);
      }
      expect(await store.listRecords('attempts/b/')).toEqual([
        'attempts/b/1',
        'attempts/b/10',
        'attempts/b/2',
      ]);
      expect(await store.listRecords('attempts/b')).toHaveLength(4);
      expect(await store.listRecords('attempts/b/', { limit: 2 })).toEqual(['attempts/b/1', 'attempts/b/10']);
      expect(await store.listRecords('nothing/')).toEqual([]);
      expect(await store.listRecords('attempts/b/1/')).toEqual([]);
    });

    test('a store that is in order passes its own check, again and again', async () => {
      await store.checkWritable();
      await store.checkWritable();
      expect(await store.listRecords('')).toEqual([]);
    });

    test('a full store says so with the cure, stores nothing half, and keeps serving what it has', async () => {
      const full = await harness.full(64 * 1024);
      const kept = await full.put(Buffer.from('before it was full'), 'text/plain');
      const bytes = randomBytes(MIB);
      const failure = await full.put(bytes, 'image/png').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect((failure as Error).message).toMatch(/cannot store 1048576 bytes.*— operator: /s);
      await expect(full.createRecord('large', 'x'.repeat(MIB))).rejects.toThrow(StoreUnavailable);
      expect(await full.has(digest(bytes))).toBe(false);
      expect(await full.readRecord('large')).toBeUndefined();
      expect(Buffer.from(await full.get(kept.sha256)).toString()).toBe('before it was full');
    });
  });
}
