import type { QuotaViolation } from '../../src/domain/classification.ts';
import type { Route } from '../../src/domain/path.ts';
import type { QuotaBroker, QuotaWait, Slot, SlotRequest } from '../../src/quota/broker.ts';
import type { FakeClock } from './fake-clock.ts';
import { settled } from './fake-clock.ts';

export const MODEL = 'gemini-3-pro-image';

export function route(model = MODEL, project = 'shop'): Route {
  return {
    name: 'main',
    account: {
      provider: 'google',
      endpoint: 'ai-studio',
      baseUrl: 'https://generativelanguage.googleapis.com',
      project,
      credential: 'ab12ab12ab12ab12',
    },
    model,
    tier: 'standard',
  };
}

let generations = 0;

export function ask(over: Partial<SlotRequest> = {}): SlotRequest {
  return {
    generationId: `g${++generations}`,
    route: route(),
    tokens: 100,
    images: 1,
    urgency: 'standard',
    ...over,
  };
}

export function violation(over: Partial<QuotaViolation> = {}): QuotaViolation {
  return { window: 'minute', unit: 'requests', ...over };
}

export const perDay = (over: Partial<QuotaViolation> = {}): QuotaViolation =>
  violation({ window: 'day', ...over });

/** Acquires at once or fails the test. */
export async function slot(broker: QuotaBroker, request = ask()): Promise<Slot> {
  const answer = await broker.acquire(request, { maxWaitMs: 0 });
  if (answer.kind !== 'slot') throw new Error(`expected a slot, got: ${answer.why}`);
  return answer;
}

/** Acquires without waiting and must be told to wait. */
export async function wait(broker: QuotaBroker, request = ask()): Promise<QuotaWait> {
  const answer = await broker.acquire(request, { maxWaitMs: 0 });
  if (answer.kind !== 'wait') throw new Error('expected a wait, got a slot');
  return answer;
}

/** Takes `n` slots, letting the clock run as far as the pacing needs. */
export async function slots(broker: QuotaBroker, clock: FakeClock, n: number): Promise<readonly Slot[]> {
  const taken: Slot[] = [];
  let request = ask();
  while (taken.length < n) {
    const answer = await broker.acquire(request, { maxWaitMs: 0 });
    if (answer.kind === 'slot') {
      taken.push(answer);
      request = ask();
    } else await clock.advance(answer.kind === 'wait' ? answer.ms : 1);
    await settled();
  }
  return taken;
}
