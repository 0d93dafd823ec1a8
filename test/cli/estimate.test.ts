/** `estimate` says beforehand what `generate` would do: the same ladder, the same refusals, and no call. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { estimateRequest } from '../../src/cli/estimate/estimate-request.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { QuotaAnswer } from '../../src/contract/generation.ts';
import type { RequestProblem } from '../../src/domain/request-problem.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { image } from '../artifacts/images.ts';
import type { World } from '../support/activity-world.ts';
import { world } from '../support/activity-world.ts';
import { sharedDevServer } from '../support/servers.ts';
import type { Ended } from './program.ts';
import { DIRECTORY, onlyJson, run } from './program.ts';

/** Nothing listens there. */
const NOWHERE = ['--address', '127.0.0.1:1', '--connect-timeout', '500ms'];
const NO_INPUTS = { inputs: [], unseen: 0 };

let w: World;

beforeAll(async () => {
  w = await world();
});

afterAll(() => w.close());

function estimated(prompt: string, ...options: readonly string[]): Promise<Ended> {
  return run(['estimate', prompt, ...NOWHERE, ...options]);
}

function onWorker({ prompt, ...rest }: Omit<GenerateRequest, 'inputs'>): Promise<QuotaAnswer> {
  const request = resolveRequest({ prompt, ...rest });
  return w.activities['gemini.checkQuota']({
    generationId: 'g',
    request,
    startedAt: 1,
    variation: { rung: 0 },
  });
}

describe('the ladder and the worst case', () => {
  const requests: readonly Omit<GenerateRequest, 'inputs'>[] = [
    { prompt: 'a fox' },
    { prompt: 'a fox', allow: 'available', size: '4K' },
    { prompt: 'a fox', model: 'gemini-2.5-flash-image', allow: { models: 'chain' } },
    { prompt: 'a fox', allow: { tiers: ['flex', 'priority'], sizes: ['1K'], rewrite: 'auto' }, size: '2K' },
  ];

  test.each(requests)('are those that a worker records: %j', async (request) => {
    const answer = await onWorker(request);
    if (answer.kind === 'invalid' || answer.snapshot === undefined) throw new Error('no snapshot');
    const { rungs, text, maxPaidCalls } = answer.snapshot;
    const { estimate } = estimateRequest(request, NO_INPUTS);
    expect(estimate.ladder.map(({ kind, model, tier, sizes }) => ({ kind, model, tier, sizes }))).toEqual(
      rungs.map(({ kind, model, tier, sizes }) => ({ kind, model, tier, sizes })),
    );
    expect(estimate.ladder.map(({ worstUsd }) => worstUsd)).toEqual(rungs.map(({ worstUsd }) => worstUsd[0]));
    const dearest = Math.max(text?.worstUsd ?? 0, ...rungs.flatMap(({ worstUsd }) => worstUsd));
    expect(estimate.worstUsd).toBeCloseTo(maxPaidCalls * dearest, 10);
  });
});

describe('a request that a worker would refuse', () => {
  const wrong: readonly Omit<GenerateRequest, 'inputs'>[] = [
    { prompt: 'a fox', model: 'gemini-3-pro-imag' },
    { prompt: 'a fox', aspectRatio: '1:8' },
    { prompt: 'a fox', size: '512' },
    { prompt: 'a fox', maxCostUsd: 0.001 },
    { prompt: 'a fox', thinking: { level: 'high', budget: 1 } },
  ];

  test.each(wrong)('is refused in the same words: %j', async (request) => {
    const answer = await onWorker(request);
    const told = answer.kind === 'invalid' ? answer.problems : [];
    expect(told.length).toBeGreaterThan(0);
    expect(problemsOf(() => estimateRequest(request, NO_INPUTS))).toEqual(told);
  });

  test('ends with the code of wrong usage and the option that is wrong', async () => {
    const { code, stdout, stderr } = await estimated('a fox', '--size', '512');
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toContain('--size: 512 is not allowed for gemini-3-pro-image: 1K, 2K, 4K');
    const missing = await estimated('make it blue', '--input', 'nowhere.png');
    expect(missing.code).toBe(EXIT.usage);
    expect(missing.stderr).toContain('--input (inputs[0].path): nowhere.png does not exist');
  });
});

describe('on the command line', () => {
  test('one page: price, worst case, ladder, what is not allowed, what would be asked, advice', async () => {
    const { code, stdout, stderr } = await estimated('fox', '--size', '2K');
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    expect(stdout).toMatch(/likely +0\.134 USD/);
    expect(stdout).toMatch(/at worst +2\.256 USD {2}5 calls that may be billed/);
    expect(stdout).toMatch(/latency +19 s to 35 s a call without load/);
    expect(stdout).toMatch(/asked +gemini-3-pro-image +standard +2K/);
    expect(stdout).toMatch(/not allowed\n(?: .*\n)* +sizes +1K/);
    expect(stdout).toContain('would be asked');
    expect(stdout).toContain('advice');
  });

  test('--json is one object with the same figures; a cap bounds the worst case', async () => {
    const { code, stdout } = await estimated(
      'a fox',
      '--allow',
      'available',
      '--max-cost-usd',
      '1',
      '--json',
    );
    expect(code).toBe(EXIT.ok);
    expect(onlyJson(stdout)).toMatchObject({
      outcome: 'estimate',
      model: 'gemini-3-pro-image',
      size: '1K',
      worstUsd: 1,
      capped: true,
      maxCostUsd: 1,
      paidCalls: 5,
      queue: { openGenerations: null },
      ladder: [{ kind: 'asked' }, { kind: 'tier' }, { kind: 'fallback' }, { kind: 'fallback' }],
    });
  });

  test('--hide-prompt gives no advice, for advice quotes the prompt', async () => {
    const open = onlyJson((await estimated('fox', '--json')).stdout);
    const hidden = onlyJson((await estimated('fox', '--hide-prompt', '--json')).stdout);
    expect(open['advice']).not.toEqual([]);
    expect(hidden['advice']).toEqual([]);
  });

  test('inputs too large for one request go as files; nothing is stored', async () => {
    const small = await image('png');
    // Bytes behind the end of a PNG belong to nobody.
    await writeFile(join(DIRECTORY, 'heavy.png'), Buffer.concat([small, Buffer.alloc(9 * 1024 * 1024)]));
    const store = join(DIRECTORY, `estimate-${randomUUID()}`);
    const twice = ['--input', 'heavy.png', '--input', 'heavy.png', '--store', store];
    const { code, stdout } = await estimated('make it blue', ...twice, '--json');
    expect(code).toBe(EXIT.ok);
    expect(onlyJson(stdout)).toMatchObject({ ladder: [{ upload: true }] });
    expect(onlyJson((await estimated('x', '--input', 'heavy.png', '--json')).stdout)).toMatchObject({
      ladder: [{ upload: false }],
    });
    expect(existsSync(store)).toBe(false);
  });

  test('an input by URL is counted, not fetched', async () => {
    const { code, stdout } = await estimated('make it blue', '--input', 'http://127.0.0.1:1/fox.png');
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('1 input by URL');
  });
});

describe('the queue', () => {
  test('is the number of generations open on this task queue, as the server counts them', async () => {
    const { address } = await sharedDevServer();
    const queue = `estimate-${randomUUID()}`;
    const env = { TEMPORAL_ADDRESS: address, GEMINI_IMAGES_TASK_QUEUE: queue };
    const ask = async () => onlyJson((await run(['estimate', 'a fox', '--json'], { env })).stdout)['queue'];
    expect(await ask()).toEqual({ taskQueue: queue, openGenerations: 0 });
    for (let i = 0; i < 2; i += 1) {
      const started = await run(['generate', 'a fox', '--wait', '0', '--json'], { env });
      expect(started.code).toBe(EXIT.stillRunning);
    }
    await expect.poll(ask, { timeout: 60_000 }).toEqual({ taskQueue: queue, openGenerations: 2 });
  });

  test('is unknown, and said to be, where no server answers; it is not waited for long', async () => {
    const began = performance.now();
    const { code, stdout } = await estimated('a fox');
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('not known: no Temporal server told it in time');
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

function problemsOf(act: () => unknown): readonly RequestProblem[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
}
