/** What Temporal's UI shows of a governor. */
import { describe, expect, it } from 'vitest';
import { detailsOf } from '../../src/governor/details.ts';
import { exchange } from '../../src/governor/exchange.ts';
import { command } from '../../src/governor/standing/index.ts';
import type { HoldState } from '../../src/governor/standing/state.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { newGovernor } from '../../src/governor/state.ts';
import { ASKED, asking } from '../support/asking.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');

function asked(state: GovernorState, n: number, report: Parameters<typeof asking>[3]): GovernorState {
  return exchange(state, asking('p', n, NOW, report), NOW).state;
}

describe('details of a governor', () => {
  it('say who shares it, what is known of each model, what stops it, and what happened', () => {
    const violations = [{ window: 'minute', unit: 'requests', limit: 30 }] as const;
    let state = asked(newGovernor('google/ai-studio/shop', 'e', NOW), 1, { config: { rpm: 60 } });
    state = asked(state, 2, {
      config: { rpm: 60 },
      rejections: [{ violations, retryAfterMs: 20_000, agoMs: 0 }],
    });
    const scope = { kind: 'model', key: ASKED } as const;
    const paused = command(state.standing, { kind: 'pause', scope, by: 'ann', why: 'a test' }, NOW);
    if ('refused' in paused) throw new Error(paused.refused);
    const text = detailsOf({ ...state, standing: paused.state });
    expect(text).toContain('Quota of google/ai-studio/shop, shared by 1 process; as of 2026-07-01T12:00:00Z');
    expect(text).toContain(`- **hold h-1** of model ${ASKED}: paused, held since 2026-07-01T12:00:00Z`);
    expect(text).toMatch(
      /rpm \d+ of 30 \(learned\); closed until 2026-07-01T12:00:2\dZ: the provider asked for a pause/,
    );
    expect(text).toContain(`limit-learned ${ASKED} rpm: 60 → 30: as a 429 named it`);
  });

  it('a provider’s text of several lines stays one item of the list', () => {
    const state = newGovernor('g', 'e', NOW);
    const message = 'quota exceeded.\n* metric: one\n* metric: two';
    const hold: HoldState = {
      id: 'h-1',
      scope: { kind: 'model', key: ASKED },
      branch: 'quota-zero',
      reason: 'limit-zero',
      message,
      generationId: 'gemini-image/a',
      since: NOW,
      calls: 1,
      phase: 'held',
      usedBy: [],
    };
    const text = detailsOf({ ...state, standing: { ...state.standing, holds: [hold] } });
    expect(text.split('\n').filter((line) => line.includes('metric'))).toHaveLength(1);
  });

  it('of one that knows nothing yet are its name', () => {
    expect(detailsOf(newGovernor('g', 'e', NOW))).toMatch(/^Quota of g, shared by 0 processes; as of /);
  });
});
