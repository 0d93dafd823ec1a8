/**
 * A fleet that was told the wrong limits, and a provider whose 429s say strange things: on a real server, with
 * the emulator as the judge. Its minutes are 20 s, any window counts, and so does what it refuses.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaneView } from '../../src/contract/exchange.ts';
import { quotaExceeded } from '../../src/emulator/quota-errors.ts';
import { msToPacificMidnight } from '../../src/quota/pacific.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { MODEL, REQUEST, startFleetRig, WINDOW_MS } from '../support/fleet-rig.ts';
import type { Server } from '../support/namespaces.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { mostIn, refusals } from '../support/windows.ts';

const SLOW = 180_000;

let server: Server;
beforeAll(async () => {
  server = await ownNamespace();
});

async function laneOf(rig: FleetRig, model: string): Promise<LaneView> {
  const { lanes } = await rig.view();
  const lane = lanes.find((each) => each.model === model);
  if (lane === undefined) throw new Error(`the governor has no lane of ${model}`);
  return lane;
}

describe.concurrent('limits that are', { timeout: SLOW }, () => {
  it('configured too high: the first refusals teach the true one, and it is kept from then on', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = await startFleetRig({ server, provider: { rpm: 24 }, configured: { rpm: 72 } });
    onTestFinished(() => rig.close());
    await rig.fleetWorker();
    await rig.begin(60);
    await rig.reached(54);

    const refused = refusals(rig.calls()).map(({ at }) => Date.parse(at));
    const [first = 0] = refused;
    // Those that were on their way when the first was refused, and no more.
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(5);
    expect(Math.max(...refused) - first).toBeLessThan(WINDOW_MS / 2);
    const later = rig
      .calls()
      .map(({ at }) => Date.parse(at))
      .filter((at) => at > Math.max(...refused));
    expect(mostIn(later, WINDOW_MS)).toBeLessThanOrEqual(24);
    const { limits } = await laneOf(rig, MODEL);
    expect(limits).toMatchObject([{ dimension: 'rpm', limit: 24, source: 'learned' }]);
  });

  it('configured too low: the configuration binds', async ({ expect, onTestFinished }) => {
    const rig = await startFleetRig({ server, provider: { rpm: 96 }, configured: { rpm: 20 } });
    onTestFinished(() => rig.close());
    await rig.fleetWorker();
    await rig.begin(60);
    await rig.reached(26);
    expect(rig.windows().most).toBeLessThanOrEqual(20);
    expect(rig.refused()).toBe(0);
    expect((await laneOf(rig, MODEL)).limits).toMatchObject([{ limit: 20, source: 'config' }]);
  });
});

describe('a 429 that says', { timeout: SLOW }, () => {
  const ZERO = 'gemini-2.5-flash-image';
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await startFleetRig({
      server,
      emulator: { limits: { [ZERO]: { rpm: 0, rpd: 0 } }, latencyMs: 20 },
    });
    await rig.fleetWorker();
    // The credential is proved.
    await rig.images.generate(REQUEST);
  }, SLOW);
  afterAll(() => rig.close());

  /** The next call of the model is refused, with this as the provider's hint. */
  function refuseOnce(model: string, retryDelay: string): void {
    const { status, body } = quotaExceeded(model, [{ dimension: 'rpm', limit: 600 }], 1_000);
    const told = JSON.parse(String(body)) as {
      error: { message: string; details: { retryDelay?: string }[] };
    };
    told.error.message = told.error.message.replace(/\nPlease retry.*/s, '');
    for (const detail of told.error.details) if ('retryDelay' in detail) detail.retryDelay = retryDelay;
    rig.emulator.addFaults({ match: { model }, times: 1, action: { status, body: told } });
  }

  async function closedOf(model: string): Promise<NonNullable<LaneView['closed']>> {
    return await eventually(`why nobody calls ${model}`, async () => {
      const { lanes } = await rig.view();
      return lanes.find((lane) => lane.model === model)?.closed;
    });
  }

  const callsOf = (model: string): number => rig.calls().filter((call) => call.model === model).length;

  it.each([
    ['less than nothing', '-7s', 'gemini-nano-banana-2.1'],
    ['no time at all', 'soon', 'gemini-3.1-flash-lite-image'],
    ['int64 max', '9223372036854775807s', 'gemini-3-pro-image'],
  ])('to wait for %s: the hint is dropped, the call is made again', async (_, retryDelay, model) => {
    refuseOnce(model, retryDelay);
    const { trail } = await rig.images.generate({ prompt: 'a fox', model });
    expect(trail.map(({ verdict }) => verdict)).toEqual(['quota-minute/rpm', 'success']);
    const lane = await laneOf(rig, model);
    expect(lane.closed).toBeUndefined();
    expect(lane.limits).toMatchObject([{ dimension: 'rpm', limit: 600, source: 'learned' }]);
  });

  it('that the minute and the day are used up: midnight in California, for this model alone', async () => {
    const { exchanges } = await rig.view();
    rig.emulator.addFaults({ match: { model: MODEL }, times: 1, action: 'quota-minute-and-day' });
    const { id } = await rig.images.start(REQUEST);
    const closed = await closedOf(MODEL);
    const midnight = msToPacificMidnight(Date.now());
    expect(closed.by).toBe('rpd');
    expect(Math.abs(closed.ms - midnight)).toBeLessThan(60_000);
    const until = await eventually('how long it waits', async () => (await rig.images.describe(id)).until);
    expect(until).toBeGreaterThan(Date.now() + midnight - 60_000);
    const before = callsOf(MODEL);
    expect(
      (await rig.images.generate({ prompt: 'a fox', model: 'gemini-nano-banana-2.1' })).images,
    ).toHaveLength(1);
    expect(callsOf(MODEL)).toBe(before);
    // Nobody asks again and again while it lasts.
    expect((await rig.view()).exchanges - exchanges).toBeLessThan(30);
  });

  it('limit 0: the tier does not include the model; nothing is paced by it, an allowed one serves', async () => {
    const { images, trail } = await rig.images.generate({
      prompt: 'a fox',
      model: ZERO,
      allow: { models: ['gemini-3.1-flash-lite-image'] },
    });
    expect(images).toHaveLength(1);
    expect(trail.map(({ verdict }) => verdict)).toEqual(['quota-zero/limit-zero', 'success']);
    const lane = await laneOf(rig, ZERO);
    expect([lane.limits, lane.perMinute, lane.closed]).toEqual([[], undefined, undefined]);
    const { holds } = await rig.view();
    expect(holds).toMatchObject([{ branch: 'quota-zero', scope: { kind: 'model', key: ZERO } }]);
    expect(callsOf(ZERO)).toBe(1);
  });
});
