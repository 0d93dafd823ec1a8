/** A slot is a time at the provider: one that passed while the fence was being closed is not used. */
import { afterEach, describe, expect, it } from 'vitest';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import type { QuotaBroker, SlotRequest, SlotUse } from '../../src/quota/broker.ts';
import { errorOf } from '../support/eventually.ts';
import type { World } from '../support/activity-world.ts';
import { world } from '../support/activity-world.ts';

const DAY_MS = 24 * 3_600_000;

let here: World;
afterEach(() => here.close());

interface Told {
  readonly asked: SlotRequest[];
  readonly used: SlotUse['kind'][];
}

/** Its first slot is over as soon as it is given; the second is as good as any, or does not come. */
async function withSlowFence(second: 'slot' | 'wait'): Promise<Told> {
  const told: Told = { asked: [], used: [] };
  const broker: QuotaBroker = new LocalQuotaBroker({});
  const acquire = broker.acquire.bind(broker);
  const report = broker.report.bind(broker);
  broker.acquire = async (request, options) => {
    told.asked.push(request);
    if (told.asked.length === 2 && second === 'wait')
      return { kind: 'wait', ms: 9_000, why: 'no slot', limit: 'rpm', place: 1 };
    const answer = await acquire(request, options);
    return told.asked.length === 1 && answer.kind === 'slot' ? { ...answer, validMs: 0 } : answer;
  };
  broker.report = (slot, use) => {
    told.used.push(use.kind);
    report(slot, use);
  };
  here = await world({}, { quota: broker });
  return told;
}

describe('a slot that is over when the fence is closed', () => {
  it('is given back, and the next one of this process is taken: one call, by its new slot', async () => {
    const { asked, used } = await withSlowFence('slot');
    const { images } = await here.generate(await here.input({ prompt: 'a fox' }));
    expect(images).toHaveLength(1);
    expect(used).toEqual(['unused', 'used']);
    expect(here.emulator.calls()).toHaveLength(1);
    // Its turn had come: nobody who waits is older.
    expect(asked[1]?.waitedMs).toBeGreaterThan(DAY_MS);
  });

  it('where none comes soon: nothing is sent or billed, and the attempt may be made again', async () => {
    const { used } = await withSlowFence('wait');
    const failure = await errorOf(here.generate(await here.input({ prompt: 'a fox' })));
    expect(failure).toMatchObject({ type: 'gemini.network' });
    expect(failure.message).toContain('the slot expired while the fence was being closed; nothing was sent');
    // Whose trouble it is, and not the network's.
    expect(failure).toMatchObject({ details: [{ attempt: { classification: { reason: 'slot-expired' } } }] });
    expect(used).toEqual(['unused']);
    expect(here.emulator.calls()).toEqual([]);
  });
});
