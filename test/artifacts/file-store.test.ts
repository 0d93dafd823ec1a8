import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ArtifactCorrupt, StoreUnavailable } from '../../src/artifacts/errors.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { startChild, told } from './child-process.ts';
import { storeContract } from './contract.ts';
import { failHandles, smallDisk } from './disk-faults.ts';

async function temporaryDirectory(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'file-store-'));
}

storeContract('file system', async () => {
  const directory = await temporaryDirectory();
  const cleanups: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  return {
    store: new FileArtifactStore(directory),
    reopen: () => new FileArtifactStore(directory),
    damage: async (sha256) => {
      const handle = await open(join(directory, 'sha256', sha256.slice(0, 2), sha256.slice(2)), 'r+');
      const byte = Buffer.alloc(1);
      await handle.read(byte, 0, 1, 500);
      await handle.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, 500);
      await handle.close();
    },
    full: async (bytes) => {
      const disk = await smallDisk(bytes);
      cleanups.push(disk.dispose);
      return new FileArtifactStore(disk.directory);
    },
    dispose: async () => {
      for (const cleanup of cleanups) await cleanup();
    },
  };
});

describe('file store', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function scratch(): Promise<string> {
    const directory = await temporaryDirectory();
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    return directory;
  }

  function child(file: string, ...args: string[]): ChildProcess {
    const process = startChild(file, ...args);
    cleanups.push(() => process.kill('SIGKILL'));
    return process;
  }

  async function temporaries(directory: string): Promise<string[]> {
    return await readdir(join(directory, 'tmp'));
  }

  test('describe() is a file URL, and the directory is made on first use only', async () => {
    const directory = join(await scratch(), 'not yet', 'here');
    const store = new FileArtifactStore(directory);
    expect(store.describe()).toBe(`file://${directory.replace(' ', '%20')}`);
    await expect(stat(directory)).rejects.toThrow(/ENOENT/);
    await store.put(Buffer.from('first'), 'text/plain');
    expect((await stat(directory)).isDirectory()).toBe(true);
  });

  test('bytes lie under their hash, readable by any other tool, and nothing temporary is left', async () => {
    const directory = await scratch();
    const { sha256 } = await new FileArtifactStore(directory).put(Buffer.from('hello'), 'text/plain');
    const path = join(directory, 'sha256', sha256.slice(0, 2), sha256.slice(2));
    expect(await readFile(path, 'utf8')).toBe('hello');
    expect(await temporaries(directory)).toEqual([]);
  });

  test('no record name leads out of the records directory', async () => {
    const parent = await scratch();
    const store = new FileArtifactStore(join(parent, 'store'));
    for (const name of ['../../out', '..', '/etc/passwd', 'a/../../../out', '.\0./out']) {
      await store.createRecord(name, 1);
    }
    expect(await readdir(parent)).toEqual(['store']);
    expect((await readdir(join(parent, 'store'))).sort()).toEqual(['records', 'sha256', 'tmp']);
  });

  test('I11: across four real processes each record is created exactly once and never seen half', async () => {
    const directory = await scratch();
    const names = 25;
    const racers = Array.from({ length: 4 }, () => child('record-racer.ts', directory, String(names)));
    await Promise.all(racers.map(told));
    const reports = racers.map(async (racer) => (await told(racer)) as { created: number[]; torn: number[] });
    for (const racer of racers) racer.send('go');
    const results = await Promise.all(reports);
    expect(results.flatMap(({ torn }) => torn)).toEqual([]);
    const created = results.flatMap((result) => result.created).sort((a, b) => a - b);
    expect(created).toEqual(Array.from({ length: names }, (_, name) => name));
  });

  test('kill -9 in the middle of a write leaves no trace that a reader could meet', async () => {
    const directory = await scratch();
    for (const what of ['artifact', 'record']) {
      const writer = child('half-writer.ts', directory, what);
      await told(writer);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    const store = new FileArtifactStore(directory);
    const whole = new Uint8Array(500_000).fill(7);
    expect(await temporaries(directory)).toHaveLength(2);
    expect(await store.has(createHash('sha256').update(whole).digest('hex'))).toBe(false);
    expect(await store.readRecord('half/record')).toBeUndefined();
    expect(await store.listRecords('')).toEqual([]);
    expect(await store.createRecord('half/record', 'second try')).toBe('created');
    const { sha256 } = await store.put(whole, 'image/png');
    expect(await store.get(sha256)).toEqual(whole);
  });

  test('I2: whatever was confirmed before a kill -9 is there, whole, and nothing else is half', async () => {
    const directory = await scratch();
    const confirmed: { artifact?: string; record?: string }[] = [];
    for (const messages of [1, 6, 11]) {
      const writer = child('endless-writer.ts', directory);
      for (let seen = 0; seen < messages; seen += 1) {
        confirmed.push((await told(writer)) as (typeof confirmed)[number]);
      }
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    const store = new FileArtifactStore(directory);
    for (const { artifact, record } of confirmed) {
      if (artifact !== undefined) expect((await store.get(artifact)).length).toBe(300_000);
      if (record !== undefined)
        expect(await store.readRecord(record)).toMatchObject({ n: expect.any(Number) });
    }
    for (const shard of await readdir(join(directory, 'sha256'))) {
      for (const file of await readdir(join(directory, 'sha256', shard))) {
        if (!file.endsWith('.mime')) expect((await store.get(shard + file)).length).toBe(300_000);
      }
    }
    for (const name of await store.listRecords('')) expect(await store.readRecord(name)).toBeDefined();
  });

  test('what crashes left behind is cleared at start once it is a day old, and ignored before', async () => {
    const directory = await scratch();
    await new FileArtifactStore(directory).checkWritable();
    const yesterday = Date.now() / 1000 - 25 * 3600;
    await writeFile(join(directory, 'tmp', 'old'), 'half');
    await utimes(join(directory, 'tmp', 'old'), yesterday, yesterday);
    await writeFile(join(directory, 'tmp', 'young'), 'half');
    const store = new FileArtifactStore(directory);
    expect(await store.listRecords('')).toEqual([]);
    expect(await temporaries(directory)).toEqual(['young']);
  });

  test.each([
    ['write', 'ENOSPC', /free space/],
    ['write', 'EDQUOT', /raise the quota/],
    ['write', 'EIO', /disk reports errors/],
    ['write', 'EROFS', /mount it read-write/],
    ['write', 'ESTALE', /check the mount/],
    ['sync', 'EIO', /disk reports errors/],
    ['sync', 'ENOSPC', /free space/],
  ] as const)(
    '%s fails with %s: StoreUnavailable with its cure, no half file',
    async (method, code, cure) => {
      const directory = await scratch();
      const store = new FileArtifactStore(directory);
      await store.checkWritable();
      const restore = await failHandles(method, code);
      cleanups.push(restore);
      for (const attempt of [
        () => store.put(Buffer.from('lost?'), 'text/plain'),
        () => store.createRecord('lost', 1),
        () => store.checkWritable(),
      ]) {
        const failure = (await attempt().catch((error: unknown) => error)) as Error;
        expect(failure).toBeInstanceOf(StoreUnavailable);
        expect(failure.message).toContain(store.describe());
        expect(failure.message).toMatch(cure);
        expect(failure.cause).toMatchObject({ code });
      }
      restore();
      expect(await temporaries(directory)).toEqual([]);
      expect(await store.createRecord('lost', 2)).toBe('created');
    },
  );

  test('a store on a read-only disk refuses writes with the cure and still serves reads', async () => {
    const disk = await smallDisk(1024 * 1024);
    cleanups.push(disk.dispose);
    const writer = new FileArtifactStore(disk.directory);
    const { sha256 } = await writer.put(Buffer.from('kept'), 'text/plain');
    if (!disk.remountReadOnly()) cleanups.push(await failHandles('write', 'EROFS'));
    const store = new FileArtifactStore(disk.directory);
    await expect(store.checkWritable()).rejects.toThrow(
      /EROFS.*operator: the file system is mounted read-only/,
    );
    await expect(store.put(Buffer.from('new'), 'text/plain')).rejects.toThrow(StoreUnavailable);
    await expect(store.createRecord('new', 1)).rejects.toThrow(StoreUnavailable);
    expect(Buffer.from(await store.get(sha256)).toString()).toBe('kept');
    expect(await store.listRecords('')).toEqual([]);
  });

  test('a root that is a file is StoreUnavailable for every operation', async () => {
    const path = join(await scratch(), 'occupied');
    await writeFile(path, 'not a directory');
    const store = new FileArtifactStore(path);
    for (const attempt of [
      () => store.put(Buffer.from('x'), 'text/plain'),
      () => store.get('0'.repeat(64)),
      () => store.has('0'.repeat(64)),
      () => store.readRecord('x'),
      () => store.listRecords(''),
    ]) {
      await expect(attempt()).rejects.toThrow(/occupied.*a file stands where a directory is needed/s);
    }
  });

  test('a root that vanishes is a fault, not an empty store, and comes back by itself', async () => {
    const directory = join(await scratch(), 'mounted');
    const store = new FileArtifactStore(directory);
    const { sha256 } = await store.put(Buffer.from('kept'), 'text/plain');
    await rename(directory, `${directory}-away`);
    for (const attempt of [
      () => store.put(Buffer.from('x'), 'text/plain'),
      () => store.get(sha256),
      () => store.has(sha256),
      () => store.readRecord('x'),
      () => store.listRecords('x/'),
      () => store.createRecord('x', 1),
    ]) {
      const failure = (await attempt().catch((error: unknown) => error)) as Error;
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure.message).toMatch(/the directory of the store is gone: mount it again/);
    }
    await expect(stat(directory)).rejects.toThrow(/ENOENT/);
    await rename(`${directory}-away`, directory);
    expect(Buffer.from(await store.get(sha256)).toString()).toBe('kept');
  });

  test('a record that the disk damaged is named, not taken for none', async () => {
    const directory = await scratch();
    const store = new FileArtifactStore(directory);
    await store.createRecord('fence/1', { sentAt: 1 });
    const path = join(directory, 'records', 'fence', '1.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, -5));
    await expect(store.readRecord('fence/1')).rejects.toThrow(ArtifactCorrupt);
    expect(await store.createRecord('fence/1', 2)).toBe('exists');
    await mkdir(join(directory, 'records', 'other'));
    await rename(path, join(directory, 'records', 'other', '1.json'));
    await writeFile(join(directory, 'records', 'other', '1.json'), '{"name":"fence/1","value":1}');
    await expect(store.readRecord('other/1')).rejects.toThrow(/holds record "fence\/1"/);
  });

  test('bytes that are moved away while they are stored fail the put instead of storing others', async () => {
    const store = new FileArtifactStore(await scratch());
    const bytes = new Uint8Array(8 * 1024 * 1024).fill(1);
    const { sha256 } = await store.put(bytes.slice(), 'image/png');
    const fresh = new Uint8Array(8 * 1024 * 1024).fill(2);
    const storing = store.put(fresh, 'image/png');
    structuredClone(fresh, { transfer: [fresh.buffer] });
    await expect(storing).rejects.toThrow(/moved away/);
    expect(await store.get(sha256)).toEqual(bytes);
  });
});
