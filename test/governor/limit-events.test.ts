/** What a governor tells people of the limits that it learns. */
import { describe, expect, it } from 'vitest';
import type { LaneReport } from '../../src/contract/exchange.ts';
import { exchange } from '../../src/governor/exchange.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { newGovernor } from '../../src/governor/state.ts';
import { ASKED, asking } from '../support/asking.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');
const MINUTE = { window: 'minute', unit: 'requests' } as const;

let n = 0;
function after(state: GovernorState, report: Partial<LaneReport>, now: number): GovernorState {
  n += 1;
  return exchange(state, asking('p', n, now, report), now).state;
}

function limitEvents({ standing }: GovernorState): readonly string[] {
  return standing.events
    .filter(({ what }) => what === 'limit-learned')
    .map(({ subject, why }) => `${subject}: ${why}`);
}

describe('limit-learned', () => {
  it('is an event with the number before and after, once, however many calls are refused by it', () => {
    const rejections = [1, 2, 3].map((agoMs) => ({ violations: [{ ...MINUTE, limit: 30 }], agoMs }));
    let state = after(newGovernor('g', 'e', NOW), { config: { rpm: 90 } }, NOW);
    state = after(state, { config: { rpm: 90 }, rejections }, NOW + 5_000);
    expect(limitEvents(state)).toEqual([`${ASKED} rpm: 90 → 30: as a 429 named it`]);
    state = after(state, { config: { rpm: 90 } }, NOW + 10_000);
    expect(limitEvents(state)).toHaveLength(1);
  });

  it('without a number says that it is what went through', () => {
    let state = after(newGovernor('g', 'e', NOW), { unpaced: 20 }, NOW);
    state = after(state, { rejections: [{ violations: [MINUTE], agoMs: 0 }] }, NOW + 1_000);
    expect(limitEvents(state)).toEqual([expect.stringMatching(/rpm: \d+: what went through before a 429$/)]);
  });

  it('processes that are configured differently tell of nothing that was not learned', () => {
    let state = after(newGovernor('g', 'e', NOW), { config: { rpm: 90 } }, NOW);
    const refused = { violations: [{ ...MINUTE, limit: 70 }], agoMs: 0 };
    state = after(state, { config: { rpm: 90 }, rejections: [refused] }, NOW + 1_000);
    for (let i = 2; i < 40; i += 1)
      state = after(state, i % 2 === 0 ? { config: { rpm: 60 } } : {}, NOW + i * 1_000);
    expect(limitEvents(state)).toHaveLength(1);
  });

  it('a configured limit and a probe upwards are none', () => {
    const config = { rpm: 90 };
    let state = after(newGovernor('g', 'e', NOW), { config }, NOW);
    const refused = { violations: [{ ...MINUTE, limit: 30 }], agoMs: 0 };
    state = after(state, { config, rejections: [refused] }, NOW + 1_000);
    const told = limitEvents(state).length;
    for (let minute = 1; minute <= 60; minute += 1) {
      const demand = [{ urgency: 1, tenant: '', ageMs: 0, n: 500 }];
      for (let ask = 0; ask < 12; ask += 1)
        state = after(state, { config, demand }, NOW + minute * 60_000 + ask * 5_000);
    }
    const lane = state.lanes[ASKED];
    expect(lane?.book.rpm?.seen?.limit).toBeGreaterThan(30);
    expect(limitEvents(state)).toHaveLength(told);
  });
});
