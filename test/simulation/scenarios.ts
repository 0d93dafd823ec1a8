/** Fleets to simulate. Each is run with several seeds until it has had its steps. */
import type { Scenario } from './plan.ts';
import { HOUR, MINUTE } from './plan.ts';

const PRO = 'gemini-3-pro-image';
const FLASH = 'gemini-3.1-flash-lite-image';

const STEADY = { use: 0.95, drain: 1.2, order: true, exchanges: 0.25, wakes: 5, refused: 0.005 } as const;
const overload: Scenario['load'] = [{ forMs: 12 * MINUTE, times: 3 }];
const FORMS = [
  { form: 'sliding', rejectedCount: true },
  { form: 'sliding', rejectedCount: false },
  { form: 'bucket', rejectedCount: true },
  { form: 'bucket', rejectedCount: false },
] as const;

export const STEADY_SCENARIOS: readonly Scenario[] = FORMS.map(({ form, rejectedCount }) => ({
  name: `steady overload, ${form}, rejected calls ${rejectedCount ? 'count' : 'do not count'}`,
  models: { [PRO]: { limits: { rpm: 60 }, config: { rpm: 60 } } },
  form,
  rejectedCount,
  processes: 4,
  load: overload,
  expected: STEADY,
}));

export const SCENARIOS: readonly Scenario[] = [
  ...STEADY_SCENARIOS,
  {
    name: 'generations that come back to their process: equal shares',
    models: { [PRO]: { limits: { rpm: 60 }, config: { rpm: 60 } } },
    processes: 4,
    load: overload,
    crowd: { loyal: true },
    expected: { ...STEADY, shares: 0.15 },
  },
  {
    name: 'half the load of the limit, in bursts',
    models: { [PRO]: { limits: { rpm: 30 }, config: { rpm: 30 } } },
    processes: 3,
    load: [{ forMs: 20 * MINUTE, times: 0.5, burst: 5 }],
    expected: { drain: 1.2, order: true, refused: 0.005, wakes: 5 },
  },
  {
    name: 'crashes, restarts and a network that loses, doubles and delays',
    models: { [PRO]: { limits: { rpm: 60 }, config: { rpm: 60 } }, [FLASH]: { limits: { rpm: 20, ipm: 15 }, config: { rpm: 20, ipm: 15 } } },
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
    name: 'calls of very different sizes under a limit of tokens',
    models: { [PRO]: { limits: { rpm: 60, tpm: 60_000 }, config: { rpm: 60, tpm: 60_000 }, tokens: [100, 4_000] } },
    processes: 3,
    load: [{ forMs: 12 * MINUTE, times: 1.5 }],
    expected: { refused: 0.005 },
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
