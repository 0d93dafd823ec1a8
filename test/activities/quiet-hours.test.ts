/** What a worker knows of quiet hours: its route's, else its plugin's, else what its broker learned. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HourCounts } from '../../src/domain/quiet.ts';
import type { GeminiImagesPluginOptions } from '../../src/plugin/options.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { World } from '../support/activity-world.ts';
import { KEY, world } from '../support/activity-world.ts';

const EVENING = { from: '20:00', to: '23:30', zone: 'Europe/Berlin' };
const NIGHT = { from: '00:00', to: '05:00', zone: 'America/Los_Angeles' };

/** Has learned that the hours of the night are quiet at one model. */
class Learned extends LocalQuotaBroker {
  override hours({ model }: Parameters<LocalQuotaBroker['hours']>[0]): Promise<HourCounts | undefined> {
    if (model !== 'gemini-3-pro-image') return Promise.resolve(undefined);
    const calls = Array<number>(24).fill(100);
    return Promise.resolve({
      ...{ model, tier: 'standard', calls },
      capacity: calls.map((_, hour) => (hour < 6 ? 2 : 41)),
    });
  }
}

let w: World;
beforeAll(async () => {
  w = await world({ keys: [KEY, `${KEY}-2`] }, (baseUrl) => ({
    apiKey: undefined,
    quota: new Learned(),
    routes: [
      { name: 'learned', apiKey: KEY, baseUrl },
      { name: 'evenings', apiKey: `${KEY}-2`, baseUrl, quietHours: [EVENING] },
    ],
  }));
});
afterAll(() => w.close());

const at = (route: string, model = 'gemini-3-pro-image') =>
  w.activities['gemini.quietHours']({ rung: { route, model, tier: 'standard' } });

describe('gemini.quietHours', () => {
  it("a route's own hours", async () => {
    expect(await at('evenings')).toMatchObject({
      source: 'configured',
      why: 'quiet hours 20:00–23:30 Europe/Berlin',
    });
  });

  it('without any: what was learned, with its evidence; what was learned nowhere is none', async () => {
    const told = await at('learned');
    expect(told.source).toBe('learned');
    expect(told.why).toMatch(/at 0\d h: 2 % of 100 calls; 31 % over the day \(learned, UTC\)$/);
    expect(await at('learned', 'gemini-nano-banana-2.1')).toMatchObject({ source: 'none' });
  });

  it('a route that another worker has is that one’s to tell', async () => {
    await expect(at('elsewhere')).rejects.toThrow('route elsewhere is not configured on this worker');
  });
});

describe('option quietHours', () => {
  const store = new MemoryArtifactStore();
  const resolved = (options: Partial<GeminiImagesPluginOptions>) => resolveOptions({ store, ...options });

  it("the plugin's stand where a route has none of its own", () => {
    const { routes } = resolved({
      quietHours: [NIGHT],
      routes: [
        { name: 'one', apiKey: KEY },
        { name: 'two', apiKey: KEY, quietHours: [EVENING] },
      ],
    });
    const words = routes.map(({ quiet }) => quiet?.outlook(Date.now()).why);
    expect(words).toEqual([
      'quiet hours 00:00–05:00 America/Los_Angeles',
      'quiet hours 20:00–23:30 Europe/Berlin',
    ]);
  });

  it('a mistake names the option, or the route, and the cure', () => {
    const wrong = [{ ...NIGHT, zone: 'Pacific' }];
    expect(() => resolved({ apiKey: KEY, quietHours: wrong })).toThrow(
      'quietHours[0].zone is Pacific: give an IANA time zone such as America/Los_Angeles',
    );
    expect(() => resolved({ routes: [{ name: 'one', apiKey: KEY, quietHours: wrong }] })).toThrow(
      'quietHours[0].zone of route one is Pacific',
    );
  });
});
