/** The S3 store against a real S3 server, and on its bad days. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from '../../src/artifacts/errors.ts';
import { openStore } from '../../src/artifacts/open-store.ts';
import type { S3ArtifactStoreOptions } from '../../src/artifacts/s3-options.ts';
import { S3ArtifactStore } from '../../src/artifacts/s3-store.ts';
import { sha256 as hashOf } from '../../src/artifacts/sha256.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { S3Server } from '../support/s3-server.ts';
import {
  S3_ENVIRONMENT,
  S3_SECRET_KEY,
  S3_START_MS,
  startS3Server,
  whyNoS3Server,
} from '../support/s3-server.ts';
import { startChild, told } from './child-process.ts';
import { storeContract } from './contract.ts';
import { smallDisk } from './disk-faults.ts';
import { startCarelessServer } from './s3-careless-server.ts';
import type { Fault } from './s3-proxy.ts';
import { startS3Proxy } from './s3-proxy.ts';

const BUCKET = 'images';
const REGION = 'us-east-1';
const MIB = 1024 * 1024;
const ABSENT = '0'.repeat(64);

const why = await whyNoS3Server();

describe.skipIf(why !== undefined)('S3 store', () => {
  let server: S3Server;
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    Object.assign(process.env, S3_ENVIRONMENT);
    server = await startS3Server();
    await server.makeBucket(BUCKET);
  }, S3_START_MS);
  afterAll(async () => {
    await server?.close();
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  function storeOf(given: Partial<S3ArtifactStoreOptions> = {}): S3ArtifactStore {
    const where = given.client === undefined ? { endpoint: server.endpoint, region: REGION } : {};
    return new S3ArtifactStore({ bucket: BUCKET, prefix: randomUUID(), ...where, ...given });
  }

  /** A store behind a proxy; faults of requests that `faultOf` says nothing of are none. */
  async function behindProxy(
    faultOf: (method: string, url: string, headers: Readonly<Record<string, unknown>>) => Fault | undefined,
    given: Partial<S3ArtifactStoreOptions> = {},
  ) {
    const proxy = await startS3Proxy(
      server.endpoint,
      ({ method = '', url = '', headers }) => faultOf(method, url, headers) ?? 'none',
    );
    cleanups.push(proxy.close);
    const prefix = randomUUID();
    const store = storeOf({ prefix, endpoint: proxy.endpoint, ...given });
    return { store, proxy, direct: storeOf({ prefix }) };
  }

  async function damage(prefix: string, sha256: string): Promise<void> {
    const path = join(server.directory, BUCKET, prefix, 'sha256', sha256.slice(0, 2), sha256.slice(2));
    const handle = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, 500);
    await handle.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, 500);
    await handle.close();
  }

  /** Gateway and bucket on a disk of that size; where none can be made, its answer on one that is full. */
  async function onSmallDisk(bytes: number): Promise<S3ArtifactStore> {
    const disk = await smallDisk(bytes);
    cleanups.push(disk.dispose);
    if (!disk.mounted) {
      const full = { status: 507, code: 'InsufficientStorage' };
      const { store } = await behindProxy((method, _url, headers) =>
        method === 'PUT' && Number(headers['content-length']) > bytes ? full : undefined,
      );
      return store;
    }
    const small = await startS3Server(disk.directory);
    cleanups.push(small.close);
    await small.makeBucket(BUCKET);
    return storeOf({ endpoint: small.endpoint });
  }

  storeContract('S3', async () => {
    const prefix = randomUUID();
    return {
      store: storeOf({ prefix }),
      reopen: () => storeOf({ prefix }),
      damage: (sha256) => damage(prefix, sha256),
      full: onSmallDisk,
      dispose: async () => undefined,
    };
  });

  test('describe() names bucket and prefix, and nothing else', () => {
    expect(storeOf({ prefix: 'shop/a' }).describe()).toBe('s3://images/shop/a');
    expect(openStore(server.storeUrl(BUCKET)).describe()).toBe('s3://images');
  });

  test('bytes lie under their hash with their type, for any other tool to read', async () => {
    const store = storeOf({ prefix: 'tools' });
    const { sha256 } = await store.put(Buffer.from('hello'), 'text/plain');
    const path = join('tools', 'sha256', sha256.slice(0, 2), sha256.slice(2));
    expect(await readdir(join(server.directory, BUCKET, 'tools'))).toEqual(['sha256']);
    const handle = await open(join(server.directory, BUCKET, path));
    expect(await handle.readFile('utf8')).toBe('hello');
    await handle.close();
  });

  test('a type that no header can carry is stored as none', async () => {
    const store = storeOf();
    for (const mime of ['', 'bild/größe', 'image/png\r\nx: y', '絵']) {
      const { sha256 } = await store.put(Buffer.from(`of type ${mime}`), mime);
      expect(await store.stat(sha256)).toMatchObject({ mime: 'application/octet-stream' });
    }
  });

  test('stores of one bucket do not see each other, also where one prefix begins with another', async () => {
    const prefix = randomUUID();
    const [team, team2, whole] = [prefix, `${prefix}2`, `${prefix}/sub`].map((each) =>
      storeOf({ prefix: each }),
    ) as [S3ArtifactStore, S3ArtifactStore, S3ArtifactStore];
    const { sha256 } = await team.put(Buffer.from('ours'), 'text/plain');
    expect(await team.createRecord('fence', 'team')).toBe('created');
    for (const other of [team2, whole]) {
      expect(await other.has(sha256)).toBe(false);
      expect(await other.readRecord('fence')).toBeUndefined();
      expect(await other.listRecords('')).toEqual([]);
      expect(await other.createRecord('fence', 'other')).toBe('created');
    }
    expect(await team.listRecords('')).toEqual(['fence']);
    expect(await team.readRecord('fence')).toBe('team');
  });

  test('a prefix may hold every character that is allowed, and none is needed', async () => {
    await server.makeBucket('bare');
    const odd = { prefix: "A=b/c+d@e,f/(g)'h'*!_.-" };
    for (const given of [odd, { bucket: 'bare', prefix: '' }]) {
      const store = storeOf(given);
      await store.checkWritable();
      const { sha256 } = await store.put(Buffer.from('x'), 'text/plain');
      expect(await store.stat(sha256)).toEqual({ sha256, mime: 'text/plain', bytes: 1 });
      expect(await store.createRecord('a/b', 1)).toBe('created');
      expect(await store.listRecords('a/')).toEqual(['a/b']);
    }
  });

  test('a large body travels in parts, streams back, and is whole', async () => {
    const { store, proxy, direct } = await behindProxy(() => undefined);
    const bytes = randomBytes(60 * MIB + 7);
    const { sha256 } = await store.put(bytes, 'image/png');
    expect(sha256).toBe(await hashOf(bytes));
    expect(proxy.seen.filter((line) => /^PUT .*partNumber=/.test(line))).toHaveLength(8);
    expect(await direct.stat(sha256)).toEqual({ sha256, mime: 'image/png', bytes: bytes.length });
    expect(Buffer.from(await direct.get(sha256)).equals(bytes)).toBe(true);
    let seen = 0;
    for await (const chunk of await direct.open(sha256)) seen += chunk.length;
    expect(seen).toBe(bytes.length);
  });

  test('what fails or is aborted in the middle of a large body leaves no parts to be paid for', async () => {
    const aborting = new AbortController();
    let parts = 0;
    let fault: Fault = 'none';
    const { store, direct } = await behindProxy((method, url) => {
      if (method !== 'PUT' || !url.includes('partNumber=')) return undefined;
      parts += 1;
      if (parts === 6) aborting.abort();
      return parts % 3 === 0 ? fault : undefined;
    });
    const bytes = randomBytes(40 * MIB);
    fault = { status: 403, code: 'AccessDenied' };
    await expect(store.put(bytes, 'image/png')).rejects.toThrow(StoreUnavailable);
    fault = 'none';
    await expect(store.put(bytes, 'image/png', aborting.signal)).rejects.toThrow(/abort/i);
    expect(parts).toBe(6);
    expect(await direct.has(await hashOf(bytes))).toBe(false);
    const client = new S3Client({ endpoint: server.endpoint, region: REGION, forcePathStyle: true });
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(Uploads).toEqual([]);
  });

  test('bytes that are changed or moved away while they are stored fail the put instead of storing others', async () => {
    const store = storeOf();
    const moved = new Uint8Array(9 * MIB).fill(2);
    const storing = store.put(moved, 'image/png');
    structuredClone(moved, { transfer: [moved.buffer] });
    await expect(storing).rejects.toThrow(TypeError);

    const changed = new Uint8Array(20 * MIB).fill(3);
    let parts = 0;
    const { store: proxied, direct } = await behindProxy((_method, url) => {
      if (url.includes('partNumber=') && (parts += 1) === 2) changed.fill(4);
      return undefined;
    });
    const intended = await hashOf(changed);
    await expect(proxied.put(changed, 'image/png')).rejects.toThrow(/were changed or moved away/);
    expect(await direct.has(intended)).toBe(false);
  });

  test('more records than one page of a listing', async () => {
    const store = storeOf();
    const names = Array.from({ length: 1_100 }, (_, i) => `many/${i}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map((name) => store.createRecord(name, 1)));
    }
    await store.createRecord('few/1', 1);
    expect(await store.listRecords('many/')).toEqual([...names].sort());
    expect(await store.listRecords('', { limit: 2 })).toEqual(['few/1', 'many/0']);
  });

  test('I11: of two processes that create a record at once exactly one is told created, round after round', async () => {
    const url = server.storeUrl(`${BUCKET}/${randomUUID()}`);
    const racers = [1, 2].map(() => startChild('round-racer.ts', url));
    cleanups.push(() => racers.map((racer) => racer.kill('SIGKILL')));
    await Promise.all(racers.map(told));
    const store = openStore(url);
    const wins = [0, 0];
    for (let round = 0; round < 100; round += 1) {
      const name = `race/${round}`;
      const answers = racers.map(told);
      // Each one hears of it first every other time.
      for (const racer of round % 2 === 0 ? racers : racers.toReversed()) racer.send(name);
      const outcomes = await Promise.all(answers);
      expect(outcomes.toSorted()).toEqual(['created', 'exists']);
      const winner = outcomes.indexOf('created');
      expect(await store.readRecord(name)).toMatchObject({ pid: racers[winner]?.pid });
      wins[winner] = (wins[winner] ?? 0) + 1;
    }
    // One that always came late would have raced against nobody.
    for (const won of wins) expect(won).toBeGreaterThan(0);
  });

  test('I2: whatever was confirmed before a kill -9 of the writer is there, whole', async () => {
    const url = server.storeUrl(`${BUCKET}/${randomUUID()}`);
    const writer = startChild('endless-writer.ts', url);
    const confirmed: { artifact?: string; record?: string }[] = [];
    for (let seen = 0; seen < 15; seen += 1) confirmed.push((await told(writer)) as { artifact?: string });
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const store = openStore(url);
    for (const { artifact, record } of confirmed) {
      if (artifact !== undefined) expect((await store.get(artifact)).length).toBe(300_000);
      if (record !== undefined)
        expect(await store.readRecord(record)).toMatchObject({ n: expect.any(Number) });
    }
  });

  test('a record whose answer was lost was created by the one who wrote it, and by nobody else', async () => {
    let lost = 0;
    const { store, proxy, direct } = await behindProxy((method) =>
      method === 'PUT' && (lost += 1) === 1 ? 'lost-answer' : undefined,
    );
    expect(await store.createRecord('fence', 'mine')).toBe('created');
    expect(proxy.seen.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
    expect(await direct.createRecord('fence', 'late')).toBe('exists');
    expect(await direct.readRecord('fence')).toBe('mine');
  });

  test('a conflict of two writers is asked again until somebody was first', async () => {
    let conflicts = 3;
    const conflict = { status: 409, code: 'ConditionalRequestConflict' };
    const { store } = await behindProxy((method) =>
      method === 'PUT' && (conflicts -= 1) >= 0 ? conflict : undefined,
    );
    expect(await store.createRecord('fence', 1)).toBe('created');
    conflicts = 100;
    await expect(store.createRecord('other', 1)).rejects.toThrow(StoreUnavailable);
  });

  test('a record that is not whole, or another one, is named and not taken for none', async () => {
    const prefix = randomUUID();
    const store = storeOf({ prefix });
    await store.createRecord('fence/1', { sentAt: 1 });
    const path = join(server.directory, BUCKET, prefix, 'records', 'fence', '1.json');
    await writeFile(path, '{"name":"fence/2","value":1}');
    await expect(store.readRecord('fence/1')).rejects.toThrow(/holds record "fence\/2"/);
    await writeFile(path, '{"name":"fence/1"');
    await expect(store.readRecord('fence/1')).rejects.toThrow(ArtifactCorrupt);
    expect(await store.createRecord('fence/1', 2)).toBe('exists');
  });

  test('a stream that nobody reads to its end gives its connection back', async () => {
    const store = storeOf();
    const { sha256 } = await store.put(randomBytes(4 * MIB), 'image/png');
    // More than the SDK has connections at a time.
    for (let i = 0; i < 60; i += 1) await (await store.open(sha256)).cancel();
    expect(await store.has(sha256)).toBe(true);
  });

  describe('bad days', () => {
    test('the server is killed in the middle of a put: StoreUnavailable, and the put succeeds when it is back', async () => {
      const own = await startS3Server();
      cleanups.push(own.close);
      await own.makeBucket(BUCKET);
      let parts = 0;
      const proxy = await startS3Proxy(own.endpoint, ({ url = '' }) => {
        if (url.includes('partNumber=') && (parts += 1) === 2) void own.kill();
        return 'none';
      });
      cleanups.push(proxy.close);
      const bytes = randomBytes(30 * MIB);
      const store = storeOf({ endpoint: proxy.endpoint });
      const failure = await errorOf(store.put(bytes, 'image/png'));
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure.message).toMatch(/cannot store 31457280 bytes at \S+\/sha256\/.*check the server/s);
      for (const attempt of [
        () => store.get(ABSENT),
        () => store.has(ABSENT),
        () => store.readRecord('x'),
        () => store.createRecord('x', 1),
        () => store.listRecords(''),
        () => store.checkWritable(),
      ]) {
        await expect(attempt()).rejects.toThrow(StoreUnavailable);
      }
      await own.restart();
      const { sha256 } = await store.put(bytes, 'image/png');
      expect(Buffer.from(await store.get(sha256)).equals(bytes)).toBe(true);
    });

    test('nobody listens: the address is named', async () => {
      const failure = await errorOf(storeOf({ endpoint: 'http://127.0.0.1:1' }).readRecord('x'));
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure.message).toMatch(/ECONNREFUSED.*127\.0\.0\.1:1.*— operator: check the server/);
      expect(failure.cause).toMatchObject({ code: 'ECONNREFUSED' });
    });

    test('a server that says nothing: every operation ends at its deadline', async () => {
      const { store } = await behindProxy(() => 'silence', { timeoutMs: 600 });
      for (const attempt of [
        () => store.put(Buffer.from('x'), 'text/plain'),
        () => store.get(ABSENT),
        () => store.open(ABSENT),
        () => store.stat(ABSENT),
        () => store.readRecord('x'),
        () => store.createRecord('x', 1),
        () => store.listRecords(''),
        () => store.checkWritable(),
      ]) {
        const begun = performance.now();
        const failure = await errorOf(attempt());
        expect(failure).toBeInstanceOf(StoreUnavailable);
        expect(failure.message).toMatch(/TimeoutError.*— operator: check the server/);
        expect(performance.now() - begun).toBeLessThan(4_000);
      }
    });

    test('credentials that never come end at the deadline too', async () => {
      const where = { endpoint: server.endpoint, region: REGION };
      const client = new S3Client({ ...where, credentials: () => new Promise(() => undefined) });
      const failure = await errorOf(storeOf({ client, timeoutMs: 300 }).readRecord('x'));
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure.message).toMatch(/no answer within 300 ms/);
    });

    test('one that says nothing once is asked again within the deadline', async () => {
      let silent = true;
      const { store } = await behindProxy(
        () => {
          const fault = silent ? 'silence' : undefined;
          silent = false;
          return fault;
        },
        { timeoutMs: 6_000 },
      );
      expect(await store.createRecord('x', 1)).toBe('created');
    });

    test('one that stops in the middle of an object, or breaks off: StoreUnavailable, and then whole', async () => {
      let fault: Fault = 'none';
      const { store } = await behindProxy((method) => (method === 'GET' ? fault : undefined), {
        timeoutMs: 600,
      });
      const bytes = randomBytes(2 * MIB);
      const { sha256 } = await store.put(bytes, 'image/png');
      await store.createRecord('x', 'y'.repeat(100_000));
      for (fault of ['stalled-body', 'cut-body'] as const) {
        for (const attempt of [
          () => store.get(sha256),
          async () => await new Response(await store.open(sha256)).arrayBuffer(),
          () => store.readRecord('x'),
        ]) {
          const failure = await errorOf(attempt());
          expect(failure).toBeInstanceOf(StoreUnavailable);
          expect(failure.message).toMatch(/TimeoutError|ECONNRESET/);
        }
      }
      fault = 'none';
      expect(Buffer.from(await store.get(sha256)).equals(bytes)).toBe(true);
    });

    test('bytes that are changed on their way are refused by the server, of small and large bodies', async () => {
      let changes = 0;
      const { store, direct } = await behindProxy((method, url) =>
        method === 'PUT' && !url.includes('partNumber=1') && (changes -= 1) >= 0
          ? 'changed-bytes'
          : undefined,
      );
      for (const size of [1_000, 20 * MIB]) {
        changes = 1;
        const bytes = randomBytes(size);
        const failure = await errorOf(store.put(bytes, 'image/png'));
        expect(failure).toBeInstanceOf(StoreUnavailable);
        expect(failure.message).toMatch(/SHA256Mismatch.*operator: the bytes were changed on their way/);
        expect(await direct.has(await hashOf(bytes))).toBe(false);
        const { sha256 } = await store.put(bytes, 'image/png');
        expect(Buffer.from(await direct.get(sha256)).equals(bytes)).toBe(true);
      }
    });

    test('an abort ends a put that hangs, with its own reason', async () => {
      const { store } = await behindProxy(() => 'silence');
      const aborting = new AbortController();
      const storing = store.put(Buffer.from('x'), 'text/plain', aborting.signal);
      aborting.abort(new Error('the caller has gone'));
      await expect(storing).rejects.toThrow('the caller has gone');
    });

    test('a bucket that is not there is a fault, not an empty store', async () => {
      const store = storeOf({ bucket: 'not-there' });
      for (const attempt of [
        () => store.put(Buffer.from('x'), 'text/plain'),
        () => store.get(ABSENT),
        () => store.has(ABSENT),
        () => store.readRecord('x'),
        () => store.createRecord('x', 1),
        () => store.listRecords(''),
        () => store.checkWritable(),
      ]) {
        const failure = await errorOf(attempt());
        expect(failure).toBeInstanceOf(StoreUnavailable);
        expect(failure.message).toMatch(/s3:\/\/not-there\/.*NoSuchBucket.*— operator: create the bucket/);
      }
      await server.makeBucket('vanishes');
      const vanishing = storeOf({ bucket: 'vanishes' });
      const { sha256 } = await vanishing.put(Buffer.from('x'), 'text/plain');
      await rm(join(server.directory, 'vanishes'), { recursive: true });
      await expect(vanishing.has(sha256)).rejects.toThrow(StoreUnavailable);
    });

    test.each([
      ['a key it does not know', { accessKeyId: 'nobody' }, /XAdminUserNotFound/],
      ['a wrong secret', {}, /SignatureDoesNotMatch/],
      ['a token that is none', { sessionToken: 'a-session-token-0123456789' }, /InvalidToken/],
    ])('credentials with %s: StoreUnavailable for reads too, and no secret in it', async (_, given, code) => {
      const secret = 'the-wrong-secret-0123456789';
      const accessKeyId = S3_ENVIRONMENT.AWS_ACCESS_KEY_ID;
      const credentials = { accessKeyId, secretAccessKey: secret, ...given };
      const client = new S3Client({
        endpoint: server.endpoint,
        region: REGION,
        forcePathStyle: true,
        credentials,
      });
      const store = storeOf({ client });
      for (const attempt of [
        () => store.has(ABSENT),
        () => store.readRecord('x'),
        () => store.createRecord('x', 1),
        () => store.checkWritable(),
      ]) {
        const failure = await errorOf(attempt());
        expect(failure).toBeInstanceOf(StoreUnavailable);
        expect(failure.message).toMatch(/— operator: check AWS_ACCESS_KEY_ID/);
        const everything = inspect(failure, { depth: 20, showHidden: true });
        for (const hidden of [secret, 'a-session-token', S3_SECRET_KEY])
          expect(everything).not.toContain(hidden);
      }
      await expect(store.readRecord('x')).rejects.toThrow(code);
    });

    test('no credentials at all', async () => {
      const kept = process.env['AWS_ACCESS_KEY_ID'];
      delete process.env['AWS_ACCESS_KEY_ID'];
      cleanups.push(() => (process.env['AWS_ACCESS_KEY_ID'] = kept));
      const failure = await errorOf(storeOf().checkWritable());
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure.message).toMatch(/operator: give this process credentials: AWS_ACCESS_KEY_ID/);
    });

    test('no region, or the wrong one', async () => {
      const wrong = await errorOf(storeOf({ region: 'eu-central-1' }).checkWritable());
      expect(wrong).toBeInstanceOf(StoreUnavailable);
      expect(wrong.message).toMatch(/"us-east-1".*operator: name the region of the bucket/);
      const nowhere = new S3ArtifactStore({ bucket: BUCKET });
      await expect(nowhere.checkWritable()).rejects.toThrow(/operator: name the region of the bucket/);
    });

    test('a clock that is wrong', async () => {
      const where = { endpoint: server.endpoint, region: REGION, forcePathStyle: true };
      const client = new S3Client({ ...where, systemClockOffset: 3_600_000 });
      await expect(storeOf({ client }).readRecord('x')).rejects.toThrow(
        /RequestTimeTooSkewed.*operator: set the clock/,
      );
    });

    test.each([
      [403, 'AccessDenied', /operator: allow these credentials s3:GetObject/],
      [503, 'SlowDown', /operator: the server asks for less/],
      [507, 'InsufficientStorage', /operator: free space/],
      [400, 'ExpiredToken', /operator: renew the temporary credentials/],
      [418, 'NeverHeardOf', /operator: look the error up/],
    ])('the server refuses with %s %s: StoreUnavailable with the cure', async (status, code, cure) => {
      const { store } = await behindProxy(() => ({ status, code }));
      for (const attempt of [() => store.readRecord('x'), () => store.createRecord('x', 1)]) {
        const failure = await errorOf(attempt());
        expect(failure).toBeInstanceOf(StoreUnavailable);
        expect(failure.message).toContain(`${code}: made up by a test`);
        expect(failure.message).toMatch(cure);
        expect(failure.cause).toMatchObject({ code, status });
      }
    });

    test('trouble that passes is not even noticed', async () => {
      let troubles = 2;
      const { store } = await behindProxy(() =>
        (troubles -= 1) >= 0 ? { status: 503, code: 'SlowDown' } : undefined,
      );
      expect(await store.createRecord('x', 1)).toBe('created');
    });

    test('a server that ignores If-None-Match is refused by the check', async () => {
      const careless = await startCarelessServer();
      cleanups.push(careless.close);
      const failure = await errorOf(storeOf({ endpoint: careless.endpoint }).checkWritable());
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure.message).toMatch(/written twice — operator: .*honours If-None-Match/);
    });

    test('one that knows no If-None-Match is refused with the same words', async () => {
      const { store } = await behindProxy((method) =>
        method === 'PUT' ? { status: 501, code: 'NotImplemented' } : undefined,
      );
      await expect(store.checkWritable()).rejects.toThrow(/operator: .*honours If-None-Match/);
    });

    test('credentials that may not delete pass the check; those that may not list do not', async () => {
      const denied = { status: 403, code: 'AccessDenied' };
      const { store } = await behindProxy((method) => (method === 'DELETE' ? denied : undefined));
      await store.checkWritable();
      const { store: blind } = await behindProxy((_method, url) =>
        url.includes('list-type') ? denied : undefined,
      );
      await expect(blind.checkWritable()).rejects.toThrow(/s3:ListBucket on the bucket/);
    });

    test('what is missing is missing also where the prefix is', async () => {
      await expect(storeOf().get(ABSENT)).rejects.toThrow(ArtifactMissing);
    });
  });

  test('a process with a store ends by itself', async () => {
    const child = startChild('record-racer.ts', server.storeUrl(`${BUCKET}/${randomUUID()}`), '1');
    cleanups.push(() => child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    await told(child);
    child.send('go');
    await told(child);
    await eventually('its end', () => child.exitCode === 0, 20_000);
    await exit;
  });
});
