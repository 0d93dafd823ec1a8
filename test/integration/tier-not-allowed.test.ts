/** A service tier that the account may not use costs one refused call, never the generation. */
import { expect, it, onTestFinished } from 'vitest';
import { startRig } from '../support/rig.ts';

it('goes on at the standard tier, where the overload passes', async () => {
  const rig = await startRig();
  onTestFinished(() => rig.close());
  await rig.worker();
  const result = await rig.images.generate({
    prompt: 'a fox [[fault:capacity*2, tier-not-allowed]]',
    allow: { tiers: ['priority'] },
    routeOut: 'never',
  });
  expect(result.trail.map(({ verdict }) => verdict)).toEqual([
    'capacity/overloaded',
    'capacity/overloaded',
    'model-gone/tier-not-allowed',
    'success',
  ]);
  expect(result.trail.at(-1)?.move).toBe('standard-tier: priority → standard');
  expect(rig.bills(result.id)).toBe(1);
});
