/** A fleet in one process and in virtual time: brokers over the governor's own reducer. */
import type { ExchangeAnswer, ExchangeRequest, ModelLimits } from '../../src/contract/exchange.ts';
import type { HourCounts } from '../../src/domain/quiet.ts';
import { exchange } from '../../src/governor/exchange.ts';
import { governorView } from '../../src/governor/view.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { newGovernor } from '../../src/governor/state.ts';
import type { SlotRequest } from '../../src/quota/broker.ts';
import { FleetQuotaBroker } from '../../src/quota/fleet-broker.ts';
import type { GovernorLink } from '../../src/quota/governor-link.ts';
import type { FakeClock } from './fake-clock.ts';
import { MODEL, ask } from './fixtures.ts';

const ID = 'google/ai-studio/shop';

/** The governor without Temporal; it can be away, and its messages can be lost. */
export class FakeGovernor implements GovernorLink {
  readonly requests: ExchangeRequest[] = [];
  state: GovernorState;
  isAway = false;
  losesAnswers = false;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.state = newGovernor(ID, 'epoch-1', clock.elapsed);
  }

  hours(): Promise<readonly HourCounts[] | undefined> {
    return Promise.resolve(governorView(this.state, this.#clock.elapsed).hours);
  }

  async exchange(_governor: string, request: ExchangeRequest): Promise<ExchangeAnswer> {
    if (this.isAway) throw new Error('14 UNAVAILABLE: no connection');
    this.requests.push(JSON.parse(JSON.stringify(request)) as ExchangeRequest);
    const { state, answer } = exchange(this.state, request, this.#clock.elapsed);
    this.state = JSON.parse(JSON.stringify(state)) as GovernorState;
    if (this.losesAnswers) throw new Error('4 DEADLINE_EXCEEDED: deadline exceeded');
    return JSON.parse(JSON.stringify(answer)) as ExchangeAnswer;
  }
}

let brokers = 0;

export function broker(
  clock: FakeClock,
  governor: FakeGovernor,
  limits: ModelLimits | null = { rpm: 60 },
): FleetQuotaBroker {
  const fleet = new FleetQuotaBroker({
    clock,
    process: `p${++brokers}`,
    firstWithinMs: 0,
    probe: () => Promise.resolve(undefined),
    ...(limits === null ? {} : { limits: { [MODEL]: limits } }),
  });
  fleet.connect(governor);
  return fleet;
}

/** The credential is proved, as it is after the first answer that anybody in the fleet had. */
export async function proved(clock: FakeClock, fleet: FleetQuotaBroker): Promise<void> {
  const answer = fleet.acquire(ask({ generationId: 'first' }), { maxWaitMs: 10_000 });
  await clock.advance(3_000);
  const slot = await answer;
  if (slot.kind === 'slot') fleet.report(slot, { kind: 'used' });
  await clock.advance(8_000);
}

export interface Sent {
  readonly at: number;
  readonly id: string;
}

/** Sends each as soon as it has a slot; `sent` fills while the clock goes. */
export function sending(
  clock: FakeClock,
  fleet: FleetQuotaBroker,
  requests: readonly Partial<SlotRequest>[],
  sent: Sent[],
  maxWaitMs = 3_600_000,
): void {
  for (const each of requests) {
    void fleet.acquire(ask(each), { maxWaitMs }).then((answer) => {
      if (answer.kind !== 'slot') return;
      sent.push({ at: clock.elapsed, id: each.generationId ?? '' });
      fleet.report(answer, { kind: 'used', sentAfterMs: 1 });
    });
  }
}

/** The most in any window of this length. */
export function mostIn(sent: readonly Sent[], windowMs: number): number {
  return Math.max(
    0,
    ...sent.map(({ at }) => sent.filter((other) => other.at >= at && other.at < at + windowMs).length),
  );
}
