/** Fleets to simulate. Each is run with several seeds until it has had its steps. */
import type { Scenario } from './plan.ts';
import { HOUR, MINUTE } from './plan.ts';

const PRO = 'gemini-3-pro-image';
const FLASH = 'gemini-3.1-flash-lite-image';
const sixty = { [PRO]: { limits: { rpm: 60 }, config: { rpm: 60 } } };

/** Ten seconds and a lease. */
const ORDER_MS = 17_500;
const STEADY = {
  use: 0.97,
  drain: 1.2,
  order: ORDER_MS,
  exchanges: 0.25,
  wakes: 5,
  refused: 0.005,
} as const;
const overload: Scenario['load'] = [{ forMs: 8 * MINUTE, times: 3 }];

export const STEADY_SCENARIOS: readonly Scenario[] = [
  {
    name: 'steady overload, sliding window, refused calls count',
    models: sixty,
    processes: 4,
    load: overload,
    expected: STEADY,
  },
  {
    name: 'steady overload, sliding window, refused calls do not count',
    models: sixty,
    rejectedCount: false,
    processes: 4,
    load: overload,
    expected: STEADY,
  },
  {
    name: 'steady overload, bucket, refused calls count',
    models: sixty,
    form: 'bucket',
    processes: 4,
    load: overload,
    expected: STEADY,
  },
  {
    name: 'steady overload, bucket, refused calls do not count',
    models: sixty,
    form: 'bucket',
    rejectedCount: false,
    processes: 4,
    load: overload,
    expected: STEADY,
  },
  {
    name: 'steady overload of generations that come back to their process',
    models: sixty,
    processes: 4,
    load: overload,
    crowd: { loyal: true },
    expected: { ...STEADY, shares: 0.15 },
  },
  {
    name: 'steady overload of twelve processes',
    models: sixty,
    processes: 12,
    load: [{ forMs: 10 * MINUTE, times: 2 }],
    // Each has but five slots a minute, so a lease that finds its call served already counts for more.
    expected: { ...STEADY, order: ORDER_MS + 5_000 },
  },
  {
    name: 'steady overload of one process',
    models: { [PRO]: { limits: { ipm: 30 }, config: { ipm: 30 } } },
    processes: 1,
    load: overload,
    expected: STEADY,
  },
  {
    name: 'steady overload by tenants and urgencies of two models',
    models: {
      [PRO]: { limits: { rpm: 30 }, config: { rpm: 30 } },
      [FLASH]: { limits: { rpm: 120 }, config: { rpm: 120 } },
    },
    processes: 5,
    load: [{ forMs: 8 * MINUTE, times: 2 }],
    crowd: {
      tenants: ['a', 'b', 'c'],
      urgencies: ['interactive', 'standard', 'batch'],
      tiers: ['standard', 'priority', 'flex'],
    },
    expected: { use: 0.95, drain: 1.2, exchanges: 0.25, refused: 0.005 },
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...STEADY_SCENARIOS,
  {
    name: 'half the load of the limit, in bursts',
    models: { [PRO]: { limits: { rpm: 30 }, config: { rpm: 30 } } },
    processes: 3,
    load: [{ forMs: 20 * MINUTE, times: 0.5, burst: 5 }],
    expected: { drain: 1.2, order: ORDER_MS, refused: 0.005, wakes: 5 },
  },
  {
    name: 'clocks that are minutes apart',
    models: sixty,
    processes: 4,
    load: [{ forMs: 6 * MINUTE, times: 2 }],
    clocksMs: 3 * MINUTE,
    expected: { ...STEADY, use: 0.95 },
  },
  {
    name: 'a burst of everything, and a lull after it',
    models: sixty,
    processes: 4,
    load: [
      { forMs: 2 * MINUTE, times: 5, burst: 100 },
      { forMs: 4 * MINUTE, times: 0 },
      { forMs: 2 * MINUTE, times: 0.2 },
      { forMs: 2 * MINUTE, times: 5 },
    ],
    expected: { drain: 1.2, refused: 0.005 },
  },
  {
    name: 'ten calls a minute for a dozen processes',
    models: { [PRO]: { limits: { rpm: 10 }, config: { rpm: 10 } } },
    processes: 12,
    load: [{ forMs: 20 * MINUTE, times: 2 }],
    expected: { use: 0.9, drain: 1.3, exchanges: 0.25, refused: 0.005 },
  },
  {
    name: 'crashes, restarts and a network that loses, doubles and delays',
    models: {
      [PRO]: { limits: { rpm: 60 }, config: { rpm: 60 } },
      [FLASH]: { limits: { rpm: 20, ipm: 15 }, config: { rpm: 20, ipm: 15 } },
    },
    processes: 6,
    load: [
      { forMs: 6 * MINUTE, times: 2 },
      { forMs: 2 * MINUTE, times: 0.2 },
      { forMs: 4 * MINUTE, times: 1.5, burst: 10 },
    ],
    crowd: { tenants: ['a', 'b', 'c'], urgencies: ['interactive', 'standard', 'standard', 'batch'] },
    network: { slow: 0.03, lostRequests: 0.03, lostAnswers: 0.03, doubled: 0.03 },
    trouble: { kills: 40, joins: 30, leaves: 30, outages: 20, takeovers: 10, losses: 5 },
    mood: { overloaded: 0.03 },
  },
  {
    name: 'a governor that is lost again and again',
    models: sixty,
    processes: 3,
    load: [{ forMs: 15 * MINUTE, times: 2 }],
    network: { slow: 0.01, lostRequests: 0.02, lostAnswers: 0.02, doubled: 0.1 },
    trouble: { losses: 20, kills: 6 },
  },
  {
    name: 'calls of very different sizes under a limit of tokens',
    models: {
      [PRO]: {
        limits: { rpm: 60, tpm: 60_000 },
        config: { rpm: 60, tpm: 60_000 },
        tokens: [100, 4_000],
      },
    },
    processes: 3,
    load: [{ forMs: 8 * MINUTE, times: 1.5 }],
    trouble: { kills: 5, joins: 5 },
    expected: { refused: 0.005 },
  },
  {
    name: 'calls of one size that does not divide the limit of tokens',
    models: { [PRO]: { limits: { tpm: 10_000 }, config: { tpm: 10_000 }, tokens: [700, 700] } },
    processes: 3,
    load: [{ forMs: 12 * MINUTE, times: 1.5 }],
    expected: { use: 0.93, drain: 1.2, refused: 0.005 },
  },
  {
    name: 'limits that nobody configured, learned from the provider',
    models: { [PRO]: { limits: { rpm: 60 } }, [FLASH]: { limits: { rpm: 30 } } },
    processes: 4,
    load: [{ forMs: 12 * MINUTE, times: 2 }],
    warmUpWindows: 4,
    // Now and then a learned limit is probed, and the provider's answer is waited for.
    expected: { use: 0.8, drain: 1.3, refused: 0.02 },
  },
  {
    name: 'limits configured twice too high',
    models: { [PRO]: { limits: { rpm: 30 }, config: { rpm: 60 } } },
    processes: 4,
    load: [{ forMs: 14 * MINUTE, times: 3 }],
    warmUpWindows: 4,
    // Now and then a learned limit is probed, and the provider's answer is waited for.
    expected: { use: 0.8, drain: 1.3, refused: 0.02 },
  },
  {
    name: 'limits configured too low',
    models: { [PRO]: { limits: { rpm: 60 }, config: { rpm: 40 } } },
    processes: 4,
    load: [{ forMs: 10 * MINUTE, times: 1.2 }],
    expected: { refused: 0.005 },
  },
  {
    name: 'refusals without a number, a reason or a sound RetryInfo',
    models: { [PRO]: { limits: { rpm: 30 } } },
    form: 'bucket',
    rejectedCount: false,
    processes: 3,
    load: [{ forMs: 15 * MINUTE, times: 1.5 }],
    mood: { wordless: 0.7, malformed: 0.05 },
  },
  {
    name: 'a RetryInfo without an end is waited for a day',
    models: sixty,
    processes: 3,
    load: [{ forMs: 3 * MINUTE, times: 1 }],
    mood: { endlessAfterMs: 2 * MINUTE },
    expected: { slackMs: 24 * HOUR },
  },
  {
    name: 'a provider that is overloaded for four minutes',
    models: sixty,
    processes: 4,
    load: [{ forMs: 10 * MINUTE, times: 1 }],
    mood: { overloaded: 0.7, overloadedForMs: 4 * MINUTE },
    expected: { refused: 0.005 },
  },
  {
    name: 'a provider that is overloaded now and then',
    models: sixty,
    processes: 4,
    load: [{ forMs: 10 * MINUTE, times: 1 }],
    mood: { overloaded: 0.25 },
    expected: { refused: 0.005 },
  },
  {
    name: 'a key that leaks after five minutes',
    models: sixty,
    processes: 4,
    load: [{ forMs: 10 * MINUTE, times: 1 }],
    mood: { leakedAfterMs: 5 * MINUTE },
  },
  {
    name: 'a key that was never good',
    models: { [PRO]: { limits: { rpm: 60 } } },
    processes: 6,
    load: [{ forMs: 10 * MINUTE, times: 2, burst: 30 }],
    mood: { leakedAfterMs: 0 },
  },
  {
    name: 'the day the clocks go forward',
    startsAt: '2026-03-07T12:00:00-08:00',
    models: { [PRO]: { limits: { rpm: 20, rpd: 120 }, config: { rpm: 20, rpd: 120 } } },
    processes: 2,
    load: [{ forMs: 58 * HOUR, times: 1.8 }],
    trouble: { takeovers: 0.2, kills: 0.1 },
    expected: { dayUse: 0.95 },
  },
  {
    name: 'the day the clocks go back',
    startsAt: '2026-10-31T12:00:00-07:00',
    models: { [PRO]: { limits: { rpm: 20, rpd: 120 }, config: { rpm: 20, rpd: 120 } } },
    processes: 2,
    load: [{ forMs: 60 * HOUR, times: 1.8 }],
    trouble: { takeovers: 0.2, kills: 0.1 },
    expected: { dayUse: 0.95 },
  },
];
