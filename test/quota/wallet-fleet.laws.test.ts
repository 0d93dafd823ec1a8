/**
 * The hard cap over any interleaving: four processes, fifty generations, processes that die at any moment,
 * exchanges that are lost, delayed and doubled. The provider's ledger is the judge.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BudgetLimit } from '../../src/contract/budget.ts';
import { LEASE_TERM_MS, microsOf } from '../../src/governor/budget/index.ts';
import { FleetWorld, TENANT } from './wallet-fleet-world.ts';

const DAY: BudgetLimit = { tenant: '*', usd: 5, period: 'day', timeZone: 'Europe/Berlin' };
const CAP = microsOf(DAY.usd);
const MINUTE = 60_000;
const CALL_TIMEOUT_MS = 180_000;

function rolls(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Scenario {
  readonly seed: number;
  readonly lost: number;
  readonly doubled: number;
  readonly deaths: readonly number[];
  /** Milliseconds between two generations. */
  readonly everyMs: number;
  readonly startsAgain: boolean;
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  lost: fc.constantFrom(0, 0.1, 0.4),
  doubled: fc.constantFrom(0, 0.3),
  deaths: fc.array(fc.integer({ min: 100, max: 300_000 }), { maxLength: 6 }),
  everyMs: fc.constantFrom(0, 300, 5_000),
  startsAgain: fc.boolean(),
});

function fleet(
  { seed, lost, doubled, deaths, everyMs, startsAgain }: Scenario,
  budgets: readonly BudgetLimit[] = [DAY],
  start?: number,
): FleetWorld {
  const random = rolls(seed);
  const world = new FleetWorld({ budgets, start, random, lost, doubled });
  for (let i = 0; i < 4; i += 1) world.start((i - 2) * 700);
  for (let i = 0; i < 50; i += 1) {
    const worstUsd = [0.134, 0.2, 0.39][i % 3] as number;
    const call = {
      id: `g${i}/1`,
      worstUsd,
      realUsd: worstUsd * ([0, 0.3, 0.9, 1, 1][Math.floor(random() * 5)] as number),
      tookMs: [500, 8_000, 30_000, 170_000][Math.floor(random() * 4)] as number,
      callTimeoutMs: CALL_TIMEOUT_MS,
    };
    world.time.setTimeout(() => void world.generate(call), i * everyMs);
  }
  for (const atMs of deaths) {
    world.time.setTimeout(() => {
      const living = world.hosts.filter(({ dead }) => !dead);
      if (living.length > 1) living[0]?.die();
      if (startsAgain) world.start();
    }, atMs);
  }
  return world;
}

/** Whoever still asks finds what the dead left. */
async function settleDown(world: FleetWorld): Promise<void> {
  world.isCalm = true;
  await world.time.advance(LEASE_TERM_MS);
  await keepAsking(world, 10);
  await world.time.advance(5 * MINUTE);
}

async function keepAsking(world: FleetWorld, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 1) {
    for (const { dead, wallet } of world.hosts) {
      if (dead) continue;
      void wallet
        .reserve({ key: `probe-${i}/1`, tenant: TENANT, usd: 0.0001, callTimeoutMs: 1_000 })
        .then((answer) => answer.kind === 'reserved' && answer.release());
    }
    await world.time.advance(MINUTE);
  }
}

it('B1: the ledger never passes the cap, whatever dies, is lost or doubled; in the end nothing is leaked', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const world = fleet(given);
      for (let minute = 0; minute < 30; minute += 1) {
        await world.time.advance(MINUTE);
        expect(world.billed()).toBeLessThanOrEqual(CAP);
        expect(world.sums.sure + world.sums.possible).toBeLessThanOrEqual(CAP);
      }
      await settleDown(world);
      expect(world.leased).toBe(0);
      expect([...world.bills.keys()].filter((id) => !world.settled.has(id))).toEqual([]);
      expect(world.sums.sure + world.sums.possible).toBeGreaterThanOrEqual(world.billed());
      expect(world.sums.sure + world.sums.possible).toBeLessThanOrEqual(CAP);
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

it('B1: each day and the month keep their caps when midnight comes in the middle of it all', async () => {
  const midnight = Date.UTC(2026, 10, 25, 23);
  const month: BudgetLimit = { ...DAY, usd: 7, period: 'month' };
  await fc.assert(
    fc.asyncProperty(scenario, fc.integer({ min: 1_000, max: 200_000 }), async (given, beforeMs) => {
      const world = fleet(given, [DAY, month], midnight - beforeMs);
      for (let minute = 0; minute < 45; minute += 1) {
        await world.time.advance(MINUTE);
        expect(world.billed(0, midnight)).toBeLessThanOrEqual(CAP);
        expect(world.billed(midnight)).toBeLessThanOrEqual(CAP);
        expect(world.billed()).toBeLessThanOrEqual(microsOf(month.usd));
      }
      await settleDown(world);
      expect(world.leased).toBe(0);
      for (const { now } of world.state.budgets) {
        const booked = now.sureMicros + now.possibleMicros;
        expect(booked).toBeGreaterThanOrEqual(world.billed(now.from.at));
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

it('the entity is away for a quarter of an hour: the cap holds, and afterwards nothing is leaked', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, fc.integer({ min: 0, max: 200_000 }), async (given, awayAt) => {
      const world = fleet(given);
      world.time.setTimeout(() => (world.isAway = true), awayAt);
      world.time.setTimeout(() => (world.isAway = false), awayAt + 15 * MINUTE);
      for (let minute = 0; minute < 60; minute += 1) {
        await world.time.advance(MINUTE);
        expect(world.billed()).toBeLessThanOrEqual(CAP);
      }
      await settleDown(world);
      expect(world.leased).toBe(0);
      expect([...world.bills.keys()].filter((id) => !world.settled.has(id))).toEqual([]);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
