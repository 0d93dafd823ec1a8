/**
 * A fleet in virtual time: the real brokers and the governor's real reducer, with pretended networks,
 * clocks and generations between them, against the emulator's own quota windows.
 */
import { classify } from '../../src/domain/classify/index.ts';
import type { Route } from '../../src/domain/path.ts';
import { quotaExceeded } from '../../src/emulator/quota-errors.ts';
import { QuotaWindows } from '../../src/emulator/quota-windows.ts';
import { randomStream } from '../../src/emulator/random.ts';
import { exchange } from '../../src/governor/exchange.ts';
import { newGovernor } from '../../src/governor/state.ts';
import type { SlotRequest, SlotUse } from '../../src/quota/broker.ts';
import { FleetQuotaBroker } from '../../src/quota/fleet-broker.ts';
import type { GovernorLink } from '../../src/quota/governor-link.ts';
import type { Update } from './governor.ts';
import type { Call } from './ledger.ts';
import type { Form } from './plan.ts';
import { FORMS, MINUTE_MS, MODEL } from './plan.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface VirtualSettings {
  readonly seed: string;
  readonly form: Form;
  /** Calls that the provider admits in a minute. */
  readonly rpm: number;
  /** Mean of the exponential delays from a process to the provider, in milliseconds. */
  readonly jitterMs: number;
  readonly processes: number;
  readonly durationMs: number;
  /** Milliseconds from the start at which generations come. */
  readonly arrivals: readonly number[];
}

export interface VirtualResult {
  readonly calls: readonly Call[];
  readonly updates: readonly Update[];
  /** Of each generation that was served, in order of arrival: how often it slept before its call. */
  readonly wakes: readonly number[];
}

/** Noon in Los Angeles: no day ends during a run. */
export const START_AT = Date.UTC(2026, 5, 1, 19);

/** What lies between a worker and Temporal, each way; and from a slot to its send. */
const TEMPORAL_MS = 15;
const DISPATCH_MS = 40;
const FENCE_MS = 3;
/** A durable timer fires so much late, at most. */
const TIMER_LATE_MS = 100;
const IMAGE_MS = 10_000;
/** Clocks of hosts differ. */
const OFFSETS_MS = [0, 250, -400, 40];
const DAY_MS = 24 * 3_600_000;

const ROUTE: Route = {
  name: 'main',
  account: { provider: 'google', endpoint: 'ai-studio', baseUrl: '', project: 'bench', credential: '' },
  model: MODEL,
  tier: 'standard',
};

export async function virtualFleet(settings: VirtualSettings): Promise<VirtualResult> {
  const { seed, form, rpm, jitterMs, processes, durationMs, arrivals } = settings;
  const random = randomStream(seed, form, jitterMs, arrivals.length);
  /** An exponential delay. */
  const about = (meanMs: number): number => -Math.log(1 - random()) * meanMs;
  const clock = new VirtualClock(START_AT);
  const provider = providerOf(form, rpm);
  const calls: Call[] = [];
  const updates: Update[] = [];
  const wakes: number[] = [];

  let state = newGovernor('bench', 'epoch', START_AT);
  const link: GovernorLink = {
    hours: () => Promise.resolve(undefined),
    exchange: async (_, request) => {
      await clock.sleep(about(TEMPORAL_MS));
      updates.push({ at: clock.now, process: request.process });
      const exchanged = exchange(state, request, clock.now);
      state = exchanged.state;
      await clock.sleep(about(TEMPORAL_MS));
      return exchanged.answer;
    },
  };
  const brokers = Array.from({ length: processes }, (_, process) => {
    const broker = new FleetQuotaBroker({
      limits: { [MODEL]: { rpm } },
      clock: clock.of(OFFSETS_MS[process % OFFSETS_MS.length] as number),
      dayReset: () => DAY_MS,
      process: `process-${process}`,
      probe: async () => undefined,
    });
    broker.connect(link);
    return broker;
  });
  const anyBroker = (): FleetQuotaBroker => brokers[Math.floor(random() * processes)] as FleetQuotaBroker;

  /** As the workflow and its activity do it. */
  const generation = async (n: number): Promise<void> => {
    const cameAt = clock.now;
    const own = anyBroker();
    let slept = 0;
    const request = (): SlotRequest => ({
      generationId: `g-${n}`,
      route: ROUTE,
      tokens: 100,
      images: 1,
      urgency: 'standard',
      waitedMs: clock.now - cameAt,
    });
    const rest = async (ms: number): Promise<void> => {
      slept += 1;
      await clock.sleep(ms + random() * TIMER_LATE_MS);
    };
    for (;;) {
      const outlook = own.outlook(request(), { sleeps: true });
      if (outlook.kind === 'held') throw new Error(`held: ${outlook.why}`);
      if (outlook.kind === 'wait') {
        await rest(outlook.ms);
        continue;
      }
      await clock.sleep(about(DISPATCH_MS));
      const caller = anyBroker();
      const slot = await caller.acquire(request());
      if (slot.kind === 'held') throw new Error(`held: ${slot.why}`);
      if (slot.kind === 'wait') {
        await clock.sleep(about(DISPATCH_MS));
        await rest(slot.ms);
        continue;
      }
      const sentAfterMs = about(FENCE_MS);
      await clock.sleep(sentAfterMs);
      if (slot.validMs !== undefined && sentAfterMs > slot.validMs) {
        caller.report(slot, { kind: 'unused' });
        continue;
      }
      await clock.sleep(about(jitterMs));
      const refused = provider(clock.now);
      calls.push({
        at: clock.now,
        id: `g-${n}`,
        refused: refused !== undefined,
        image: refused === undefined,
      });
      if (refused === undefined) wakes[n] = slept;
      await clock.sleep(about(jitterMs) + (refused === undefined ? IMAGE_MS * (0.5 + random()) : 0));
      caller.report(
        slot,
        refused === undefined ? { kind: 'used', sentAfterMs } : { ...refused, sentAfterMs },
      );
      if (refused === undefined) return;
      await rest(refused.retryAfterMs ?? 1_000);
    }
  };
  const failures: unknown[] = [];
  for (const [n, at] of arrivals.entries()) {
    clock.after(at, () => void generation(n).catch((error: unknown) => failures.push(error)));
  }
  await clock.run(START_AT + durationMs);
  if (failures.length > 0) throw failures[0];
  return { calls, updates, wakes: wakes.filter((slept) => slept !== undefined) };
}

/** One call at a time: undefined when it is admitted, else what its 429 says. */
function providerOf(form: Form, rpm: number): (now: number) => (SlotUse & { kind: 'limited' }) | undefined {
  const { quota, rejectedCount } = FORMS.find((one) => one.form === form) as (typeof FORMS)[number];
  const windows = new QuotaWindows({
    limits: { [MODEL]: { rpm } },
    form: quota,
    rejectedCount,
    timeScale: 1,
  });
  return (now) => {
    const over = windows.take(MODEL, { tokens: 100, images: 1 }, now);
    if (over === undefined) return undefined;
    const { status, headers, body } = quotaExceeded(MODEL, over.violations, over.retryAfterMs);
    const parsed: unknown = JSON.parse(body.toString());
    const verdict = classify({ outcome: { kind: 'answer', status, headers, body: parsed }, model: MODEL });
    if (verdict.branch !== 'quota-minute') throw new Error(`a 429 was classed as ${verdict.branch}`);
    const { violations = [], retryAfterMs } = verdict;
    return { kind: 'limited', violations, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  };
}

/** Real minutes, whatever is simulated. */
export const VIRTUAL_WINDOW_MS = MINUTE_MS;
