/**
 * Quiet hours and qualities end to end: a real Temporal server, workers, the real client and the program, the
 * emulator's ledger as judge.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import type { GenerationHandle } from '../../src/client/generation-handle.ts';
import { UnknownGeneration } from '../../src/client/errors.ts';
import type { QuietWindow } from '../../src/domain/quiet.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { onlyJson, run } from '../cli/program.ts';
import { eventually } from '../support/eventually.ts';
import { REQUEST, startFleetRig } from '../support/fleet-rig.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const HOUR = 3_600_000;
const BY = { by: 'ann', why: 'the customer is waiting' };

/** A window of one hour by the clock of UTC, so many hours from now. */
function windowIn(hours: number): QuietWindow {
  const at = (n: number): string => new Date(Date.now() + n * HOUR).toISOString().slice(11, 16);
  return { from: at(hours), to: at(hours + 1), zone: 'UTC' };
}

let rig: Rig;
let learning: Rig;
beforeAll(async () => {
  [rig, learning] = await Promise.all([startRig(), startRig()]);
  await rig.worker({ quietHours: [windowIn(6)] });
  await learning.worker();
});
afterAll(async () => {
  await rig.close();
  await learning.close();
});

async function waiting(given: Partial<GenerateRequest> = {}): Promise<GenerationHandle> {
  const handle = await rig.images.start({ prompt: 'a fox', when: 'quiet', ...given });
  await eventually('its wait', async () => (await handle.describe()).phase === 'waiting');
  return handle;
}

function environment({ server, taskQueue, directory }: Rig): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    GEMINI_IMAGES_TASK_QUEUE: taskQueue,
    GEMINI_IMAGES_STORE: directory,
  };
}

const cli = (...args: readonly string[]) => run(args, { env: environment(rig) });

describe('waiting for configured quiet hours', () => {
  it('says why and until when; promoted it is delivered, with who and why in the result', async () => {
    const handle = await waiting();
    const { why, until = 0 } = await handle.describe();
    expect(why).toMatch(/^quiet hours \d\d:\d\d–\d\d:\d\d UTC$/);
    expect(until - Date.now()).toBeGreaterThan(5.8 * HOUR);
    expect(until - Date.now()).toBeLessThan(6.2 * HOUR);
    expect(rig.calls(handle.id)).toHaveLength(0);
    await rig.images.promote(handle.id, BY);
    const result = await handle.result();
    expect(result.images).toHaveLength(1);
    expect(result.decisions).toMatchObject([{ choice: 'promote', outcome: 'taken', ...BY }]);
    expect(rig.calls(handle.id)).toHaveLength(1);
  });

  it('nothing of the wait is lost with its worker: the next one goes on with it', async () => {
    const own = await startRig();
    try {
      const first = await own.worker({ quietHours: [windowIn(6)] });
      const handle = await own.images.start({ prompt: 'an owl', when: 'quiet' });
      await eventually('its wait', async () => (await handle.describe()).phase === 'waiting');
      const { until } = await handle.describe();
      await first.stop();
      await own.images.promote(handle.id, BY);
      expect(await handle.describe()).toMatchObject({ phase: 'waiting', until, workerAnswered: false });
      await own.worker({ quietHours: [windowIn(9)] });
      expect((await handle.result()).images).toHaveLength(1);
    } finally {
      await own.close();
    }
  });

  it('show and promote on the command line', async () => {
    const { id } = await waiting();
    const shown = await cli('show', id);
    expect(shown.stdout).toContain('waiting: quiet hours');
    expect(shown.stdout).toMatch(new RegExp(`go now .*promote ${id} --why`));
    const promoted = await cli('promote', id, '--by', 'ann', '--why', 'now');
    expect(promoted).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(promoted.stdout).toContain(`promoted  ${id} by ann: it goes now, without its quiet hours`);
    await rig.images.result(id);
    const again = await cli('promote', id, '--by', 'ann', '--why', 'now');
    expect(again.code).toBe(EXIT.failed);
    expect(again.stderr).toContain('has ended already (completed): there is nothing to promote');
  });

  it('an unknown id is told as everywhere', async () => {
    await expect(rig.images.promote('gemini-image/nobody', BY)).rejects.toThrow(UnknownGeneration);
    const { code, stderr } = await cli('promote', 'gemini-image/nobody', '--by', 'ann', '--why', 'now');
    expect(code).not.toBe(EXIT.ok);
    expect(stderr).toContain('no generation gemini-image/nobody: check the id');
  });

  it('a deadline before the quiet hours: it goes at once and says so', async () => {
    const { warnings, images } = await rig.images.generate({
      ...{ prompt: 'a fox', when: 'quiet', deadlineMs: 2 * HOUR },
    });
    expect(images).toHaveLength(1);
    expect(warnings.join()).toMatch(/it did not wait for quiet hours: quiet hours .* it must go by/);
  });
});

describe('nothing configured', () => {
  it('and nothing learned: it does not wait, and says so', async () => {
    const { warnings, images } = await learning.images.generate({ prompt: 'a fox', when: 'quiet' });
    expect(images).toHaveLength(1);
    expect(warnings).toEqual([
      'it did not wait for quiet hours: no quiet hours are configured, and none are learned yet: ' +
        '0 of 24 hours have 20 calls or more, 4 are needed',
    ]);
  });
});

describe('a fleet', () => {
  it('its governor counts the hours, and is asked for them', async () => {
    const fleet = await startFleetRig();
    try {
      await fleet.fleetWorker();
      const { warnings } = await fleet.images.generate({ ...REQUEST, when: 'quiet' });
      expect(warnings.join()).toMatch(/none are learned yet: 0 of 24 hours/);
      const [hours] = await eventually('its count', async () => (await fleet.view()).hours);
      expect(hours).toMatchObject({ model: REQUEST.model, tier: 'standard' });
      expect(hours?.calls.reduce((sum, n) => sum + n, 0)).toBe(1);
    } finally {
      await fleet.close();
    }
  }, 120_000);
});

describe('quality', () => {
  it('a draft is made by the cheapest model that has the size, a final image by the best', async () => {
    const [draft, final, large] = await Promise.all([
      rig.images.generate({ prompt: 'a fox', quality: 'draft' }),
      rig.images.generate({ prompt: 'a fox', quality: 'final' }),
      rig.images.generate({ prompt: 'a fox', quality: 'draft', size: '4K' }),
    ]);
    expect([draft.model, final.model]).toEqual(['gemini-3.1-flash-lite-image', 'gemini-3-pro-image']);
    expect(large.size).toBe('4K');
    expect(large.model).not.toBe(draft.model);
    expect(draft.cost.sureUsd).toBeLessThan(final.cost.sureUsd);
  });

  it('the estimate shows which model and what it costs; beside a model it is refused', async () => {
    const estimate = onlyJson((await cli('estimate', 'a fox', '--quality', 'draft', '--json')).stdout);
    expect(estimate).toMatchObject({ model: 'gemini-3.1-flash-lite-image', size: '1K' });
    const both = await cli('estimate', 'a fox', '--quality', 'draft', '--model', 'gemini-3-pro-image');
    expect(both.code).toBe(EXIT.usage);
    expect(both.stderr).toContain("option '--quality <what>' cannot be used with option '--model <id>'");
  });
});
