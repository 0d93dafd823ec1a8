/** One plugin of a fleet on real workers: several workers one after another, and what its metrics say. */
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { freePort } from '../../src/dev/ports.ts';
import { GeminiImagesPlugin } from '../../src/plugin/gemini-images-plugin.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { MODEL, REQUEST, startFleetRig } from '../support/fleet-rig.ts';

const SLOW = 120_000;

let rig: FleetRig;
beforeAll(async () => {
  rig = await startFleetRig({ provider: { rpm: 60 } });
}, SLOW);
afterAll(() => rig?.close());

describe('one plugin of a fleet', { timeout: SLOW }, () => {
  it('serves a worker that starts when all others have ended like the first', async () => {
    const logger = new DefaultLogger('ERROR');
    const { code } = await bundleWorkflowCode({ workflowsPath: ourWorkflowsPath(), logger });
    const plugin = new GeminiImagesPlugin({
      apiKey: 'emulated-key-0123456789',
      baseUrl: rig.emulator.url,
      store: rig.store,
      timeScale: 0.02,
      quota: 'fleet',
      quotaWindowScale: 1 / 3,
      limits: { [MODEL]: { rpm: 60 } },
      entityBundle: { codePath: (await lentEntities()).codePath },
    });
    const connection = await NativeConnection.connect({ address: rig.server.address });
    const { namespace } = rig.server;
    const worker = (taskQueue: string): Promise<Worker> =>
      Worker.create({
        ...{ connection, namespace, taskQueue, workflowBundle: { code } },
        plugins: [plugin],
      });
    const [first, second] = [`${rig.taskQueue}-first`, `${rig.taskQueue}-second`];
    // Both are made before the first has ended.
    const workers = [await worker(first), await worker(second)];
    const exchanges: number[] = [];
    for (const each of workers) {
      const { client, store } = rig;
      const images = new GeminiImages({ client, store, taskQueue: each.options.taskQueue });
      const ended = each.run();
      expect((await images.generate(REQUEST)).images).toHaveLength(1);
      exchanges.push((await rig.view()).exchanges);
      each.shutdown();
      await ended;
    }
    await connection.close();
    expect(exchanges[1]).toBeGreaterThan(exchanges[0] as number);
  });

  it('tells of limits, holds and events in the metrics of its workers, and the key in none', async () => {
    const metricsAt = `127.0.0.1:${await freePort()}`;
    const scraped = async (): Promise<string> => await (await fetch(`http://${metricsAt}/metrics`)).text();
    /** Value of a metric, by its name and some of its labels; undefined where there is none such. */
    const metric = async (name: string, labels: Readonly<Record<string, string>>) => {
      const has = (line: string): boolean =>
        Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`));
      const lines = (await scraped()).split('\n').filter((line) => line.startsWith(`${name}{`));
      const line = lines.find(has);
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
    };
    await rig.fleetProcess({ metricsAt });
    await rig.images.generate(REQUEST);
    const quota = (await rig.view()).id;
    const ofModel = { quota, model: MODEL, dimension: 'rpm' };
    expect(await metric('gemini_images_quota_limit', ofModel)).toBe(60);
    expect(await metric('gemini_images_quota_used_ratio', ofModel)).toBeGreaterThan(0);
    expect(await metric('gemini_images_stops', { quota, kind: 'hold' })).toBe(0);

    await rig.images.start({ ...REQUEST, prompt: 'a fox [[fault:key-leaked*always]]' });
    const opened = () => metric('gemini_images_governor_events', { quota, event: 'hold-opened' });
    expect(await eventually('a hold among the events', opened)).toBe(1);
    await eventually('a hold among the stops', async () => {
      return (await metric('gemini_images_stops', { quota, kind: 'hold' })) === 1;
    });
    expect(await metric('gemini_images_degraded_routes', { quota })).toBe(0);
    expect(await scraped()).not.toContain('emulated-key');
  });
});
