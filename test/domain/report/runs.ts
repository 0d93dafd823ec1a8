/** Ended runs for the laws of the report: any that a workflow could leave. */
import fc from 'fast-check';
import { BRANCHES } from '../../../src/domain/branch.ts';
import { REASONS } from '../../../src/domain/reason.ts';
import type { EndedRun } from '../../../src/domain/report/figures.ts';
import type { CallTally, Tally } from '../../../src/domain/tally.ts';
import { usdOfNanos, WAIT_KINDS } from '../../../src/domain/tally.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;

const VERDICTS = BRANCHES.flatMap((branch) =>
  Object.keys(REASONS[branch]).map((reason) => `${branch}/${reason}`),
);
const usd = fc.nat(2_000_000_000).map(usdOfNanos);

const call: fc.Arbitrary<CallTally> = fc
  .record({
    hour: fc.integer({ min: Math.floor(NOW / HOUR_MS) - 100, max: Math.floor(NOW / HOUR_MS) }),
    route: fc.constantFrom('default', 'backup', '__proto__'),
    model: fc.constantFrom('gemini-3-pro-image', 'gemini-3.1-flash-image', 'a model of ours'),
    tier: fc.constantFrom('standard', 'flex', 'batch', 'unknown'),
    verdict: fc.option(fc.constantFrom(...VERDICTS), { nil: undefined }),
    text: fc.option(fc.constant(true as const), { nil: undefined }),
    calls: fc.integer({ min: 1, max: 5 }),
    sureUsd: usd,
    possibleUsd: usd,
  })
  .map(({ verdict, text, ...rest }) => ({
    ...rest,
    billed: rest.sureUsd > 0 ? rest.calls : 0,
    maybeBilled: 0,
    ...(verdict === undefined ? {} : { verdict }),
    ...(text === undefined ? {} : { text }),
  }));

const delivering = call.map(({ verdict: _verdict, text: _text, ...rest }) => ({ ...rest, calls: 1 }));
const failing = fc.tuple(call, fc.constantFrom(...VERDICTS)).map(([one, verdict]) => ({ ...one, verdict }));

const told = {
  drafts: fc.nat(3),
  urgency: fc.constantFrom('interactive', 'standard', 'batch'),
  deadlineMs: fc.constantFrom(600_000, 24 * HOUR_MS, 72 * HOUR_MS),
  waitMs: fc.dictionary(fc.constantFrom(...WAIT_KINDS), fc.integer({ min: 1, max: 9 * HOUR_MS })),
  tenant: fc.constantFrom('', 'acme', '__proto__', '<script>'),
} as const;

const delivered: fc.Arbitrary<Tally> = fc
  .record({
    ...told,
    before: fc.array(failing, { maxLength: 4 }),
    last: delivering,
    images: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ before, last, tenant, ...rest }) => ({
    ...rest,
    v: 1,
    end: 'done',
    calls: [...before, last],
    ...(tenant === '' ? {} : { tenant }),
  }));

const unserved: fc.Arbitrary<Tally> = fc
  .record({ ...told, end: fc.constantFrom('dead', 'cancelled'), calls: fc.array(failing, { maxLength: 4 }) })
  .map(({ tenant, calls, ...rest }) => ({
    ...rest,
    v: 1,
    images: 0,
    calls,
    ...(rest.end === 'dead' && calls.length > 0 ? { verdict: calls[0]?.verdict as string } : {}),
    ...(tenant === '' ? {} : { tenant }),
  }));

export const run: fc.Arbitrary<EndedRun> = fc.record({
  endedAt: fc.integer({ min: NOW - 20 * 24 * HOUR_MS, max: NOW }),
  tally: fc.oneof(
    { weight: 6, arbitrary: delivered },
    { weight: 3, arbitrary: unserved },
    { weight: 1, arbitrary: fc.constantFrom('terminated', 'timed-out', 'no-tally') },
  ),
});

/** One that delivered with its first call. */
export function clean(given: Partial<Tally> & { readonly call?: Partial<CallTally> } = {}): EndedRun {
  const { call: differs, ...rest } = given;
  const first: CallTally = {
    hour: Math.floor(NOW / HOUR_MS),
    route: 'default',
    model: 'gemini-3-pro-image',
    tier: 'standard',
    calls: 1,
    billed: 1,
    maybeBilled: 0,
    sureUsd: 0.134,
    possibleUsd: 0,
    ...differs,
  };
  const tally: Tally = {
    v: 1,
    end: 'done',
    images: 1,
    drafts: 0,
    urgency: 'standard',
    deadlineMs: 24 * HOUR_MS,
    waitMs: {},
    calls: [first],
    ...rest,
  };
  return { endedAt: NOW, tally };
}

/** One that met a failure first, in its own group. */
export function afterFailure(verdict: string, given: Partial<CallTally> = {}): EndedRun {
  const { tally } = clean();
  if (typeof tally === 'string') throw new Error('a clean run has a tally');
  const [last] = tally.calls as readonly [CallTally];
  const first = { ...last, verdict, billed: 0, sureUsd: 0, ...given };
  return { endedAt: NOW, tally: { ...tally, calls: [first, last] } };
}

export function times<T>(n: number, make: () => T): T[] {
  return Array.from({ length: n }, make);
}
