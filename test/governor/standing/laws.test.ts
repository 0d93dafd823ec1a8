/** Laws over random histories: whatever processes tell, in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouteReport } from '../../../src/contract/exchange.ts';
import { BRANCHES } from '../../../src/domain/branch.ts';
import { SERVICE_TIERS } from '../../../src/domain/path.ts';
import {
  command,
  holdScope,
  opensHold,
  standingAfter,
  standingFor,
} from '../../../src/governor/standing/index.ts';
import { EVIDENCE, Governed, report, throughJson, verdict } from './governed.ts';

const anyReport: fc.Arbitrary<RouteReport> = fc
  .record({
    credential: fc.constantFrom('k1', 'k2'),
    model: fc.constantFrom('m1', 'm2', 'm3'),
    tier: fc.constantFrom(...SERVICE_TIERS),
    branch: fc.constantFrom(...BRANCHES),
    reason: fc.constantFrom('denied', 'throttled', 'any'),
    failures: fc.nat(3),
    well: fc.nat(3),
    told: fc.boolean(),
    witnessed: fc.boolean(),
    wants: fc.boolean(),
    trial: fc.option(fc.nat(5), { nil: undefined }),
  })
  .map(({ branch, reason, failures, well, told, witnessed, wants, trial, ...route }) =>
    report({
      ...route,
      calls: failures + well,
      failures: failures === 0 ? {} : { [branch]: failures },
      verdicts: [
        ...(told ? [verdict(branch, reason)] : []),
        ...(witnessed ? [verdict(branch, reason, { evidence: EVIDENCE })] : []),
      ],
      trials: trial === undefined ? [] : [{ trial: `t-${trial}` }],
      ...(wants ? { wants } : {}),
    }),
  );

const anyStep = fc.record({
  process: fc.constantFrom('p1', 'p2', 'p3'),
  reports: fc.array(anyReport, { maxLength: 4 }),
  afterMs: fc.constantFrom(0, 1_000, 20_000, 400_000),
  resume: fc.boolean(),
  leaving: fc.boolean(),
  probeOk: fc.boolean(),
});

describe('whatever is told, in whatever order and number', () => {
  it('there is one hold for each cause and scope, and it is JSON at every step', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const governed = new Governed();
        for (const { process, reports, afterMs, resume, leaving, probeOk } of steps) {
          governed.pass(afterMs);
          const [first] = governed.view.holds;
          if (resume && first !== undefined) governed.resume(first.id);
          const probes = (governed.last?.probes ?? []).map((probe) => ({
            ...probe,
            ok: probeOk,
            why: 'any',
          }));
          governed.tell(process, reports, { probes, ...(leaving ? { leaving } : {}) });
          const holds = governed.view.holds.map(
            ({ branch, scope }) => `${branch} ${scope.kind} ${scope.key}`,
          );
          expect(new Set(holds).size).toBe(holds.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds are the causes that were told, no more and no fewer, while nobody resumes', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (reports, each) => {
        const governed = new Governed();
        for (let n = 0; n < reports.length; n += each) governed.tell(`p${n}`, reports.slice(n, n + each));
        const told = reports.flatMap((one) =>
          one.verdicts
            .filter((each) => opensHold(each) && (one.failures[each.branch] ?? 0) > 0)
            .map(({ branch }) => `${branch} ${JSON.stringify(holdScope(branch, one))}`),
        );
        const held = governed.view.holds.map(({ branch, scope }) => `${branch} ${JSON.stringify(scope)}`);
        expect(new Set(held)).toEqual(new Set(told));
      }),
      { numRuns: 200 },
    );
  });

  it('the calls of a hold do not depend on how many exchanges tell them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }), (counts) => {
        const governed = new Governed();
        for (const calls of counts) {
          const verdicts = [verdict('permission', 'denied')];
          governed.tell('p1', [report({ calls, failures: { permission: calls }, verdicts })]);
        }
        expect(governed.view.holds).toMatchObject([{ calls: counts.reduce((a, b) => a + b) }]);
      }),
    );
  });
});

describe('the state', () => {
  it('is bounded: after 10,000 exchanges of 1,000 generations it is as small as after 1,000', () => {
    const start = new Governed();
    const cause = { branch: 'permission', scope: { kind: 'credential', key: 'k' } } as const;
    const told = { cause, route: 'relay', maxCostUsd: 1e6, evidence: EVIDENCE, by: 'anna', why: 'test' };
    start.order({ kind: 'grant', until: start.now + 1e12, ...told });
    let { state, now } = start;
    const sizes: number[] = [];
    for (let n = 0; n < 10_000; n++) {
      now += 500;
      const process = `host/${n % 50}`;
      const branch = BRANCHES[n % BRANCHES.length] ?? 'unknown';
      const generationId = `generation-${n % 1_000}`;
      const verdicts = [verdict(branch, 'denied', { generationId, message: 'm'.repeat(n % 400) })];
      const over = { failures: { [branch]: 2 }, verdicts, model: `m${n % 7}` } as const;
      const routes = [report({ calls: 3, wants: true, ...over })];
      const uses = [{ grant: 'g-1', generationId, worstUsd: 0.1 }];
      state = standingAfter(state, { process, routes, probes: [], uses }, now);
      state = standingFor(state, process, now).state;
      if (n % 50 === 0) state = throughJson(state);
      if (n % 97 === 0) {
        for (const { id } of state.holds) {
          const done = command(state, { kind: 'resume', hold: id, by: 'anna', why: 'test' }, now);
          if ('state' in done) state = done.state;
        }
      }
      if ((n + 1) % 1_000 === 0) sizes.push(JSON.stringify(state).length);
    }
    expect(Math.max(...sizes)).toBeLessThan(60_000);
    expect(sizes.at(-1)).toBeLessThan(1.2 * (sizes[0] ?? 0));
  });
});
