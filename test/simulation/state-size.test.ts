/** What a governor keeps is small, and does not grow with the generations that wait. */
import { describe, expect, it } from 'vitest';
import { exchange } from '../../src/governor/exchange.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { newGovernor } from '../../src/governor/state.ts';
import { Seat } from '../../src/quota/seat.ts';
import type { Generation } from './generation.ts';
import { slotRequest } from './generation.ts';

const NOW = Date.UTC(2026, 10, 20, 20);
const MODEL = 'gemini-3-pro-image';
const TERM_MS = 10_000;
const TERMS = 4;

function seat(process: string): Seat {
  return new Seat({
    id: 'google/ai-studio/shop',
    process,
    limits: { [MODEL]: { rpm: 600, rpd: 100_000 } },
    windowMs: 60_000,
    resets: (now) => [now + 8 * 3_600_000, now + 32 * 3_600_000],
    maxRemembered: 50_000,
  });
}

function generation(n: number, tenants: number): Generation {
  return {
    id: `g${n}`,
    model: MODEL,
    tenant: `tenant-${n % tenants}`,
    urgency: n % 3 === 0 ? 'batch' : 'standard',
    tier: 'standard',
    tokens: 100,
    bornAt: NOW - (n % 900) * 1_000,
    startedAt: NOW - (n % 900) * 1_000,
    place: 'waiting',
    wakes: 0,
    failures: 0,
    isOver: false,
  };
}

/** The state after some terms of so many processes, at which so many generations of so many tenants wait. */
function stateWith(processes: number, waiting: number, tenants: number): GovernorState {
  const seats = Array.from({ length: processes }, (_, i) => seat(`host-${i}/4711/ab12cd34`));
  let state = newGovernor('google/ai-studio/shop', 'e1', NOW);
  for (let term = 0; term < TERMS; term += 1) {
    const now = NOW + term * TERM_MS;
    for (const [i, each] of seats.entries()) {
      const at = now + (i * TERM_MS) / processes;
      for (let n = i; n < waiting; n += processes) {
        const request = slotRequest(generation(n, tenants), at);
        if (each.outlook(request, at, { sleeps: true }).kind !== 'go') continue;
        if (term === 0) each.join(request, 60_000, () => undefined, at);
      }
      const done = exchange(state, each.draft(at), at);
      state = done.state;
      each.heard(done.answer, at);
    }
  }
  return state;
}

const bytes = (state: GovernorState): number => JSON.stringify(state).length;

describe('the state of a governor', () => {
  it('stays under 200 KB with fifty processes that have everything to tell', () => {
    expect(bytes(stateWith(50, 5_000, 7))).toBeLessThan(200_000);
  });

  it('is about the same for 100 and for 5,000 generations that wait', () => {
    const few = bytes(stateWith(4, 100, 1));
    const many = bytes(stateWith(4, 5_000, 1));
    expect(many / few).toBeLessThan(1.25);
  });
});
