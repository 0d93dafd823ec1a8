/** Brokers learn how the hours of a day fare, alone and in a fleet; what they learned says when it is quiet. */
import { expect, it } from 'vitest';
import { learnedQuiet } from '../../src/domain/learned-quiet.ts';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import { FakeClock } from './fake-clock.ts';
import { ask, MODEL, route, slot } from './fixtures.ts';
import { broker, FakeGovernor, proved } from './fleet-fixtures.ts';
import { said } from './guard-fleet.ts';

const HOUR = 3_600_000;

it('a process alone: an hour with capacity failures is told from the quiet ones', async () => {
  const clock = new FakeClock(Date.parse('2026-11-20T00:10:00Z'));
  const alone = new LocalQuotaBroker({ clock });
  for (let hour = 0; hour < 6; hour += 1) {
    for (let n = 0; n < 30; n += 1) {
      const fails = hour !== 3 && n % 3 === 0;
      const taken = await slot(alone, ask());
      alone.report(taken, {
        kind: 'used',
        ...(fails ? { verdict: said('capacity', 'overloaded') } : {}),
      });
      await clock.advance(2_000);
    }
    await clock.advance(HOUR - 60_000);
  }
  const hours = await alone.hours(route());
  expect(hours).toMatchObject({ model: MODEL, tier: 'standard' });
  expect(hours?.calls.slice(0, 7)).toEqual([30, 30, 30, 30, 30, 30, 0]);
  expect(hours?.capacity.slice(0, 7)).toEqual([10, 10, 10, 0, 10, 10, 0]);
  expect(learnedQuiet(hours, Date.parse('2026-11-21T01:00:00Z'))).toMatchObject({
    source: 'learned',
    inMs: 2 * HOUR,
  });
  expect(await alone.hours(route('another'))).toBeUndefined();
});

it('a fleet: what its governor counted is told to each of its processes; without one nothing is known', async () => {
  const clock = new FakeClock();
  const governor = new FakeGovernor(clock);
  const [one, other] = [broker(clock, governor), broker(clock, governor)];
  await proved(clock, one);
  await clock.advance(10_000);
  const hours = await other.hours(route());
  expect(hours?.calls.reduce((sum, n) => sum + n, 0)).toBe(1);
  await other.close();
});
