/**
 * Input images that cannot be used: the caller hears which one and why, nothing is called, and the same
 * client goes on working. By path and by bytes the client's border says so; what only a decoder can see,
 * and what rotted in the store after the start, the worker says before any call.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { image } from '../artifacts/images.ts';
import { errorOf } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const MIB = 1024 * 1024;
const PROMPT = 'put a hat on the fox';

let rig: Rig;
let files: string;

beforeAll(async () => {
  [rig, files] = await Promise.all([startRig(), mkdtemp(join(tmpdir(), 'bad-inputs-'))]);
  await rig.worker();
});
afterEach(() => rig.emulator.reset());
afterAll(async () => {
  await rig.close();
  await rm(files, { recursive: true, force: true });
});

function edit(...inputs: NonNullable<GenerateRequest['inputs']>): GenerateRequest {
  return { prompt: PROMPT, inputs };
}

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(files, name);
  await writeFile(path, bytes);
  return path;
}

async function refused(request: GenerateRequest): Promise<InvalidRequest> {
  const error = await errorOf(rig.images.generate(request));
  expect(error).toBeInstanceOf(InvalidRequest);
  expect(rig.emulator.calls()).toEqual([]);
  return error as InvalidRequest;
}

async function failed(request: GenerateRequest): Promise<GenerationFailed> {
  const error = await errorOf(rig.images.generate(request));
  expect(error).toBeInstanceOf(GenerationFailed);
  expect(rig.emulator.calls()).toEqual([]);
  return error as GenerationFailed;
}

/** Whole in its structure, noise in its pixels: no header tells, only a decoder does. */
async function corruptInside(): Promise<Buffer> {
  return (await image('png', 48)).fill(0xa5, 100, 4_000);
}

describe('refused by the client, before anything is started', () => {
  it('a 0-byte file names inputs[0].path and says that it is empty', async () => {
    const { message, problems } = await refused(edit({ path: await file('empty.png', new Uint8Array()) }));
    expect(problems[0]?.field).toBe('inputs[0].path');
    expect(message).toMatch(/empty|0 bytes/);
  });

  it('0 bytes in an array name inputs[0].bytes', async () => {
    const { problems } = await refused(edit({ bytes: new Uint8Array() }));
    expect(problems[0]?.field).toBe('inputs[0].bytes');
  });

  it('the second of two inputs is named by its own place', async () => {
    const good = await image('png');
    const { problems } = await refused(edit({ bytes: good }, { bytes: Buffer.from('not an image at all') }));
    expect(problems.map(({ field }) => field)).toEqual(['inputs[1].bytes']);
  });

  it('a truncated file is refused, by path and by bytes', async () => {
    const half = (await image('jpeg', 256)).subarray(0, 60);
    const byPath = await refused(edit({ path: await file('half.jpg', half) }));
    const byBytes = await refused(edit({ bytes: half }));
    expect(byPath.problems[0]?.field).toBe('inputs[0].path');
    expect(byBytes.problems[0]?.field).toBe('inputs[0].bytes');
  });

  it('a GIF is refused with the types that Gemini takes', async () => {
    const { problems, message } = await refused(edit({ path: await file('fox.gif', await image('gif')) }));
    expect(problems[0]).toMatchObject({ reason: 'mime', field: 'inputs[0].path' });
    expect(message).toContain('image/gif');
    expect(message).toContain('image/png');
  });

  it('a GIF that calls itself fox.png is refused all the same', async () => {
    const { problems } = await refused(edit({ path: await file('fox.png', await image('gif')) }));
    expect(problems[0]).toMatchObject({ reason: 'mime', field: 'inputs[0].path' });
  });

  it('25 MB are refused with both sizes, by path, by bytes and as an artifact', async () => {
    const large = Buffer.concat([await image('png', 64), Buffer.alloc(25 * MIB)]);
    const { sha256 } = await rig.store.put(large, 'image/png');
    const asked = [{ path: await file('large.png', large) }, { bytes: large }, { artifact: sha256 }];
    for (const [i, input] of asked.entries()) {
      const { problems, message } = await refused(edit(input));
      expect(problems[0]?.reason).toBe('too-large');
      expect(problems[0]?.field).toBe(`inputs[0].${['path', 'bytes', 'artifact'][i]}`);
      expect(message).toContain('25.0 MiB');
      expect(message).toContain('20.0 MiB');
    }
  });

  it('a path that does not exist and an artifact that is not stored say so', async () => {
    const nowhere = await refused(edit({ path: join(files, 'no-such-file.png') }));
    expect(nowhere.message).toContain('does not exist');
    const unknown = await refused(edit({ artifact: 'ab'.repeat(32) }));
    expect(unknown.problems[0]?.field).toBe('inputs[0].artifact');
    expect(unknown.message).toContain('not in the store');
  });

  it('a stored artifact that the disk has damaged is named as damaged', async () => {
    const { sha256 } = await rig.store.put(await image('png', 40), 'image/png');
    await damage(sha256);
    const { problems, message } = await refused(edit({ artifact: sha256 }));
    expect(problems[0]?.field).toBe('inputs[0].artifact');
    expect(message).toContain('damaged');
  });
});

async function damage(sha256: string): Promise<void> {
  await writeFile(join(rig.directory, 'sha256', sha256.slice(0, 2), sha256.slice(2)), 'rotten');
}

describe('refused by the worker, before any call', () => {
  it('an image that is corrupt inside is found by decoding it, and named', async () => {
    const { branch, failure } = await failed(
      edit({ bytes: await image('png') }, { bytes: await corruptInside() }),
    );
    expect(branch).toBe('invalid-request');
    expect(failure.classification.field).toBe('inputs[1]');
    expect(failure.classification.billed).toBe('no');
    expect(failure.trail).toEqual([]);
  });

  it('two corrupt inputs are both named at once', async () => {
    const error = await failed(edit({ bytes: await corruptInside() }, { bytes: await corruptInside() }));
    expect(error.message).toContain('inputs[0]');
    expect(error.message).toContain('inputs[1]');
  });

  it('an input that rots in the store after the start is named by its place', async () => {
    const first = await image('png', 48);
    const second = await image('jpeg', 52);
    // No worker polls this client's queue before the damage is done.
    const late = await startRig();
    try {
      const { id } = await late.images.start(edit({ bytes: first }, { bytes: second }));
      const { sha256 } = await late.store.put(second, 'image/jpeg');
      await writeFile(join(late.directory, 'sha256', sha256.slice(0, 2), sha256.slice(2)), 'rotten');
      await late.worker();
      const error = await errorOf(late.images.result(id));
      expect(error).toBeInstanceOf(GenerationFailed);
      expect((error as GenerationFailed).branch).toBe('invalid-request');
      expect((error as GenerationFailed).classification.field).toBe('inputs[1]');
      expect(late.calls()).toEqual([]);
    } finally {
      await late.close();
    }
  });
});

describe('what can be sent is sent', () => {
  it('a JPEG that calls itself fox.png goes out as image/jpeg and is edited', async () => {
    const path = await file('lying.png', await image('jpeg', 300));
    const { images } = await rig.images.generate(edit({ path }));
    expect(images).toHaveLength(1);
    expect(rig.calls()[0]?.inputs?.map(({ mime }) => mime)).toEqual(['image/jpeg']);
    expect(rig.bills()).toBe(1);
  });

  it('inputs that are too large only together go as files, uploaded once each', async () => {
    const inputs = await Promise.all([1_600, 1_601, 1_602].map((side) => image('png', side)));
    const { images } = await rig.images.generate(edit(...inputs.map((bytes) => ({ bytes }))));
    expect(images).toHaveLength(1);
    const uploads = rig.emulator.calls().filter(({ method }) => method.includes('upload'));
    // The resumable protocol takes two requests a file.
    expect(uploads).toHaveLength(6);
    expect(rig.calls()[0]?.inputs).toHaveLength(3);
    expect(rig.bills()).toBe(1);
  });

  it('after every refusal above the same worker still delivers', async () => {
    const { images } = await rig.images.generate({ prompt: 'a fox without a hat' });
    expect(await rig.store.get((images[0] as { sha256: string }).sha256)).not.toHaveLength(0);
    expect(rig.bills()).toBe(1);
  });
});
