/** What the report says of figures, and when it keeps its advice to itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingWords } from '../../../src/domain/report/advice-words.ts';
import type { Finding } from '../../../src/domain/report/advice/finding.ts';
import { coverageWords } from '../../../src/domain/report/coverage-words.ts';
import type { EndedRun } from '../../../src/domain/report/figures.ts';
import { figuresOf } from '../../../src/domain/report/figures.ts';
import type { Coverage, Report, ReportGiven } from '../../../src/domain/report/report.ts';
import { reportOf } from '../../../src/domain/report/report.ts';
import { reportSchema } from '../../../src/schema/report.ts';
import { afterFailure, clean, NOW, run, times } from './runs.ts';

const DAY_MS = 24 * 3_600_000;
const HOUR = Math.floor(NOW / 3_600_000);

const WHOLE: Coverage = { lookedAt: 0, complete: true, readFromResults: 0, silentAccounts: [] };

function report(runs: readonly EndedRun[], given: Partial<ReportGiven> = {}): Report {
  return reportOf({
    since: NOW - 7 * DAY_MS,
    until: NOW,
    madeAt: NOW,
    coverage: WHOLE,
    figures: figuresOf(runs),
    quotas: [],
    ...given,
  });
}

function finding<I extends Finding['id']>(of: Report, id: I): Extract<Finding, { id: I }> {
  return of.advice.find((each) => each.id === id) as Extract<Finding, { id: I }>;
}

const QUOTA = {
  account: 'google/ai-studio/shop',
  model: 'gemini-3-pro-image',
  dimension: 'rpd',
  limit: 1_000,
  used: 850,
  source: 'config',
  ageMs: 0,
};

describe('any report', () => {
  it('keeps to its schema; shares lie within 0 and 1; waste is part of what was spent', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 60 }), (runs) => {
        const made = report(runs, { availability: 99.9, quotas: [QUOTA] });
        expect(reportSchema.safeParse(made).error).toBeUndefined();
        const shares = [
          ...made.failures.flatMap((line) => [line.shareOfCalls, line.shareOfGenerations]),
          ...made.hours.map(({ failedShare }) => failedShare),
          made.total.availability ?? 0,
          finding(made, 'batch').share,
          finding(made, 'quiet-hours').share,
        ];
        for (const share of shares) expect(share >= 0 && share <= 1).toBe(true);
        for (const line of [made.total, ...made.spend.byModel, ...made.spend.byDay]) {
          expect(line.wastedSureUsd).toBeLessThanOrEqual(line.sureUsd);
          expect(line.wastedPossibleUsd).toBeLessThanOrEqual(line.possibleUsd);
        }
      }),
    );
  });

  it('every finding has words, and too few data are said to be too few', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 60 }), (runs) => {
        for (const each of report(runs).advice) {
          const { head, lines } = findingWords(each);
          expect(lines.length).toBeGreaterThan(0);
          expect(lines.join(' ')).not.toMatch(/undefined|NaN/);
          if (each.verdict === 'too-few') expect(head).toContain('too few data');
        }
      }),
    );
  });
});

describe('advice', () => {
  it('12 calls: too few for any, and it says so', () => {
    const made = report(times(12, () => clean()));
    expect(made.advice.map(({ verdict }) => verdict)).not.toContain('worth-it');
    expect(findingWords(finding(made, 'batch')).lines).toEqual([
      '12 image calls: too few for advice on batches, 50 are needed.',
    ]);
  });

  it('a tier: worth it where many wait long for its limit, not where a budget binds', () => {
    const waits = (waitMs: object) => times(60, () => clean({ waitMs }));
    const bound = finding(report(waits({ rpm: 120_000 })), 'tier-upgrade');
    expect(bound).toMatchObject({
      verdict: 'worth-it',
      binding: { limit: 'rpm', generations: 60 },
      waitedMs: 60 * 120_000,
    });
    expect(finding(report(waits({ rpm: 2_000 })), 'tier-upgrade').verdict).toBe('not-now');
    expect(finding(report(waits({ budget: 3_600_000 })), 'tier-upgrade').verdict).toBe('not-now');
  });

  it('a tier: worth it where the day’s limit refused calls; what is 80 % used is named', () => {
    const runs = [...times(60, () => clean()), afterFailure('quota-day/rpd')];
    const made = finding(report(runs, { quotas: [QUOTA, { ...QUOTA, used: 790 }] }), 'tier-upgrade');
    expect(made).toMatchObject({ verdict: 'worth-it', refusedByDay: 1, nearlyUsed: [{ used: 850 }] });
  });

  it('batches: half of what could have waited a day; interactive work, turns and batches do not count', () => {
    const runs = [
      ...times(30, () => clean()),
      ...times(30, () => clean({ urgency: 'interactive' })),
      ...times(30, () => clean({ turn: true })),
      ...times(30, () => clean({ deadlineMs: 600_000 })),
      ...times(30, () => clean({ call: { tier: 'batch', sureUsd: 0.067 } })),
    ];
    const made = finding(report(runs), 'batch');
    expect(made).toMatchObject({ verdict: 'worth-it', patientCalls: 30, imageCalls: 150 });
    expect(made.patientUsd).toBeCloseTo(30 * 0.134, 9);
    expect(made.savingUsd).toBeCloseTo(15 * 0.134, 9);
  });

  it('quiet hours: what moving to the quietest would avoid; governors count where they know more', () => {
    const at = (hour: number, bad: number) => [
      ...times(40 - bad, () => clean({ call: { hour: HOUR - 12 + hour } })),
      ...times(bad, () => afterFailure('capacity/overloaded', { hour: HOUR - 12 + hour })),
    ];
    const runs = [...at(2, 0), ...at(3, 1), ...at(10, 20), ...at(11, 20)];
    const made = finding(report(runs), 'quiet-hours');
    // A failed call in its hour, and the one that delivered at noon.
    expect(made).toMatchObject({ verdict: 'worth-it', quietest: { hour: 2, share: 0 } });
    expect(made.worst?.share).toBeGreaterThan(0.4);
    expect(made.avoidable).toBeGreaterThan(0);
    const learned = Array.from({ length: 24 }, () => ({ calls: 1_000, capacity: 0 }));
    expect(finding(report(runs, { learnedHours: learned }), 'quiet-hours').verdict).toBe('not-now');
  });

  it('another provider: three of four conditions, each with what was measured', () => {
    const bad = [
      ...times(60, () => afterFailure('capacity/overloaded')),
      ...times(20, () => afterFailure('safety-image/image-safety')),
      ...times(2, () => afterFailure('quota-day/rpd')),
    ];
    const three = finding(report(bad), 'other-provider');
    expect(three).toMatchObject({ verdict: 'worth-it', holding: 3, needed: 3 });
    expect(three.conditions.map(({ id, holds }) => [id, holds])).toEqual([
      ['capacity-at-peak', true],
      ['safety', true],
      ['daily-volume', true],
      ['availability', false],
    ]);
    const calm = finding(
      report(
        times(60, () => clean()),
        { availability: 99.9 },
      ),
      'other-provider',
    );
    expect(calm).toMatchObject({ verdict: 'not-now', holding: 0 });
  });

  it('availability counts what no other request would have saved, and only where somebody needs it', () => {
    const dead = (verdict: string) => clean({ end: 'dead', verdict, images: 0 });
    const runs = [
      ...times(99, () => clean()),
      dead('capacity/overloaded'),
      ...times(9, () => dead('invalid-request/too-large')),
      ...times(9, () => clean({ end: 'cancelled', images: 0 })),
    ];
    const made = report(runs, { availability: 99.9 });
    const met = finding(made, 'other-provider').conditions.find(({ id }) => id === 'availability');
    expect(met?.holds).toBe(true);
    expect(made.total.availability).toBeGreaterThan(0.9);
    expect(finding(report(runs, { availability: 80 }), 'other-provider').holding).toBe(0);
  });

  it('a cheaper model: by what an image really cost, and not where it fails more', () => {
    const cheap = { model: 'gemini-3.1-flash-image', sureUsd: 0.04 } as const;
    const runs = [...times(30, () => clean()), ...times(30, () => clean({ call: cheap }))];
    const made = finding(report(runs), 'cheaper-model');
    expect(made.verdict).toBe('worth-it');
    expect(made.savedPerImageUsd).toBeCloseTo(0.094, 9);
    const failing = [...runs, ...times(30, () => afterFailure('capacity/overloaded', cheap))];
    expect(finding(report(failing), 'cheaper-model').verdict).toBe('not-now');
  });
});

describe('what is not in the figures', () => {
  it('is said: a part, what Temporal forgot, what runs, whose cost is unknown, who did not answer', () => {
    const made = report(
      [
        { endedAt: NOW, tally: 'terminated' },
        { endedAt: NOW, tally: 'no-tally' },
      ],
      {
        coverage: {
          lookedAt: 2_000,
          complete: false,
          countedSince: NOW - DAY_MS,
          retentionDays: 3,
          running: 4,
          readFromResults: 1,
          silentAccounts: ['google/ai-studio/shop'],
        },
      },
    );
    expect(coverageWords(made)).toEqual([
      'Partial: 2,000 ended runs counted, those of the last 24.0 h; older ones are missing.',
      'Temporal keeps what ended for 3.0 days: what ended before is in no number.',
      '4 generations still run: what they cost so far is not counted yet.',
      'Cost unknown: 1 run terminated or timed out, and wrote nothing down.',
      'Cost unknown: 1 run of an earlier release, not read (any more).',
      '1 run of an earlier release told by results: how their cost is spread over calls is estimated.',
      'google/ai-studio/shop did not answer: its limits are missing.',
    ]);
  });

  it('is nothing where all of it is there', () => {
    expect(coverageWords(report([clean()]))).toEqual([]);
  });
});
