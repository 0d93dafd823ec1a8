/**
 * A cause is fixed once, not for each generation: a real fleet behind a leaked key, from `causes()` to a
 * grant that lets all of them leave, and from a repaired key to `resume` that sets all of them free. The
 * provider's ledger is the judge.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CauseGroup } from '../../src/client/causes.ts';
import type { Rig } from '../support/rig.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import { eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import { KEYS, startOperatorRig, twoRoutes } from './operator-rig.ts';

const SAID = { by: 'ann', why: 'the sale is live' } as const;
/** More than one process would try at once, were it not for the hold. */
const MANY = 12;
const SLOW = 180_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startOperatorRig({ server: await ownNamespace() });
  const { codePath } = await lentEntities();
  await rig.worker({ ...twoRoutes(rig), quota: 'fleet', entityBundle: { codePath } });
});
afterAll(() => rig.close());

function leak(): void {
  rig.emulator.addFaults({ action: 'key-leaked', match: { key: KEYS.main.slice(-4) } });
}

async function start(count: number): Promise<readonly string[]> {
  const started = await Promise.all(
    Array.from({ length: count }, (_, i) => rig.images.start({ prompt: `a fox, number ${i}` })),
  );
  return started.map(({ id }) => id);
}

async function group(count: number): Promise<CauseGroup> {
  return await eventually(`${count} of one cause`, async () => {
    const groups = await rig.images.causes();
    const [only] = groups;
    return groups.length === 1 && only?.count === count && only.hold !== undefined && only;
  });
}

describe('a leaked key', () => {
  it('is one cause, and one grant lets all leave that wait for it', { timeout: SLOW }, async () => {
    leak();
    const ids = await start(MANY);
    const cause = await group(MANY);
    expect(cause).toMatchObject({ branch: 'permission', reasons: ['key-leaked'], hold: 'h-1' });
    expect(cause.routes).toMatchObject([{ route: 'backup', count: MANY }]);
    const tried = rig.calls().length;
    // The first calls of a credential that nothing has proved go few at a time.
    expect(tried).toBeLessThan(MANY);

    const granted = await rig.images.approveCause({
      cause: cause.name,
      route: 'backup',
      until: new Date(Date.now() + 3_600_000),
      maxCostUsd: 100,
      ...SAID,
    });
    // Who looks by itself before it can be woken needs no wake.
    expect(granted).toMatchObject({ left: 0, group: { count: MANY } });
    for (const id of ids) expect((await rig.images.result(id)).route).toBe('backup');
    expect(rig.calls()).toHaveLength(tried + MANY);
    const [used] = await rig.images.grants();
    expect(used?.grant).toMatchObject({ id: 'g-1', uses: MANY });
    await rig.images.revokeGrant({ grant: 'g-1', ...SAID });
  });

  it('that was replaced is proved once, and then all go on that wait', { timeout: SLOW }, async () => {
    const ids = await start(MANY);
    const { hold, governor } = await group(MANY);
    const tried = rig.calls().length;
    const failed = await rig.images.resume({ hold: hold as string, governor: governor as string, ...SAID });
    expect(failed).toMatchObject({ phase: 'held', now: { reason: 'key-leaked' } });
    expect(rig.calls().length).toBe(tried + 1);

    rig.emulator.clearFaults();
    const phases: string[] = [];
    const resumed = await rig.images.resume({
      hold: hold as string,
      ...SAID,
      onPhase: (phase) => phases.push(phase),
    });
    expect(resumed).toMatchObject({ phase: 'released', left: 0 });
    expect(phases.at(-1)).toBe('released');
    for (const id of ids) expect((await rig.images.result(id)).route).toBe('main');
    expect(await rig.images.causes()).toHaveLength(0);
  });
});
