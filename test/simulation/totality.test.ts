/** The reducer is total: whatever a process tells, and whatever the clock says, it answers and its state stays JSON. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExchangeRequest } from '../../src/contract/exchange.ts';
import { exchange } from '../../src/governor/exchange.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { newGovernor } from '../../src/governor/state.ts';

const NOW = Date.UTC(2026, 10, 20, 20);
const INT64_MAX = Number(2n ** 63n - 1n);

const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, -1, 0.5, 1e-9, 1e9, 1e18, -1e18, INT64_MAX, Number.MAX_VALUE),
  },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
);
const time = fc.oneof(
  number,
  fc.integer({ min: -200_000, max: 200_000_000 }).map((ms) => NOW + ms),
);
const model = fc.constantFrom('pro', 'flash', '', '__proto__', 'constructor', 'models/pro');
const demand = fc.array(
  fc.record({
    urgency: fc.oneof(number, fc.constantFrom(0, 1, 2)),
    tenant: fc.constantFrom('', 'a', 'b', '__proto__'),
    ageMs: number,
    n: number,
  }),
  { maxLength: 5 },
);
const limits = fc.record({ rpm: number, tpm: number, ipm: number, rpd: number }, { requiredKeys: [] });
const violation = fc.record(
  {
    window: fc.constantFrom('minute', 'day', 'zero', 'storage', 'other'),
    unit: fc.constantFrom('requests', 'tokens', 'images', 'bytes', 'other'),
    limit: number,
    model,
  },
  { requiredKeys: ['window', 'unit'] },
);
const rejection = fc.record(
  {
    violations: fc.array(violation, { maxLength: 3 }),
    retryAfterMs: number,
    slotAt: time,
    agoMs: number,
    isSpend: fc.constant(true),
  },
  { requiredKeys: ['violations', 'agoMs'] },
);
const lane = fc.record(
  {
    model,
    config: limits,
    live: limits,
    tokens: number,
    images: number,
    demand,
    asleep: demand,
    expected: number,
    due: fc.array(time, { maxLength: 3 }),
    returned: fc.array(time, { maxLength: 3 }),
    extraTokens: number,
    extraImages: number,
    unpaced: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constantFrom(-5, 0.5, Number.NaN)),
    lagMs: number,
    rejections: fc.array(rejection, { maxLength: 3 }),
  },
  {
    requiredKeys: [
      ...(['model', 'tokens', 'images', 'demand', 'asleep'] as const),
      ...(['expected', 'returned', 'unpaced', 'rejections'] as const),
    ],
  },
);
const route = fc.record(
  {
    credential: fc.constantFrom('k1', 'k2', ''),
    model,
    tier: fc.constantFrom('standard', 'flex', 'priority'),
    project: fc.constantFrom('p', ''),
    baseUrl: fc.constantFrom('https://a', ''),
    calls: number,
    failures: fc.dictionary(fc.constantFrom('capacity', 'permission', 'quota-minute', 'nonsense'), number),
    verdicts: fc.array(
      fc.record({
        branch: fc.constantFrom('permission', 'billing', 'capacity', 'region'),
        reason: fc.string({ maxLength: 10 }),
        message: fc.string({ maxLength: 400 }),
        generationId: fc.string({ maxLength: 5 }),
      }),
      { maxLength: 2 },
    ),
    trials: fc.array(fc.record({ trial: fc.string({ maxLength: 5 }) }), { maxLength: 2 }),
    wants: fc.constant(true),
    sureUsd: number,
    possibleUsd: number,
    priced: number,
  },
  {
    requiredKeys: [
      ...(['credential', 'model', 'tier', 'project', 'baseUrl', 'calls'] as const),
      ...(['failures', 'verdicts', 'trials', 'sureUsd', 'possibleUsd'] as const),
    ],
  },
);
const request = fc.record(
  {
    requestId: fc.string({ maxLength: 6 }),
    process: fc.constantFrom('p1', 'p2', 'p3', '__proto__'),
    epoch: fc.constantFrom('e1', 'e2', 'e3', ''),
    windowMs: fc.oneof({ weight: 4, arbitrary: fc.constant(60_000) }, { weight: 1, arbitrary: number }),
    resets: fc.tuple(time, time),
    spend: fc.record({ usd: number, windowMs: number }),
    lanes: fc.array(lane, { maxLength: 3 }),
    routes: fc.array(route, { maxLength: 2 }),
    probes: fc.constant([]),
    uses: fc.array(
      fc.record({
        grant: fc.string({ maxLength: 4 }),
        generationId: fc.string({ maxLength: 4 }),
        worstUsd: number,
      }),
      { maxLength: 2 },
    ),
    unpriced: number,
    leaving: fc.constant(true),
  },
  {
    requiredKeys: ['requestId', 'process', 'windowMs', 'resets', 'lanes', 'routes', 'probes', 'uses'],
  },
);
/** The server's clock goes on, and may be set back. */
const clock = fc.integer({ min: -100_000, max: 100_000_000 }).map((ms) => NOW + ms);
const told = fc.record({ request, clock, asJson: fc.boolean() });

describe('exchange', () => {
  it('never throws, whatever numbers it is told, and answers with finite ones', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 12 }), (all) => {
        let state: GovernorState = newGovernor('google/ai-studio/shop', 'e1', NOW);
        for (const { request: raw, clock: at, asJson } of all) {
          // What comes over the wire has null where there was no number.
          const sent = (asJson ? JSON.parse(JSON.stringify(raw)) : raw) as ExchangeRequest;
          const { state: after, answer } = exchange(state, sent, at);
          for (const { slots, slotMs, everyMs, closed } of answer.lanes) {
            const numbers = [...slots, slotMs, everyMs, closed?.ms ?? 0, answer.againMs];
            expect(numbers.every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
          }
          state = JSON.parse(JSON.stringify(after)) as GovernorState;
        }
      }),
      { numRuns: 250 },
    );
  });
});
