/**
 * Laws over random interleavings: processes call, exchange with delays, crash and start anew, while an
 * operator resumes. A call lasts at most ten minutes, as the longest one does.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stop } from '../../src/contract/standing.ts';
import type { Branch } from '../../src/domain/branch.ts';
import type { StandingState } from '../../src/governor/standing/index.ts';
import { command, emptyStanding, standingAfter, standingFor } from '../../src/governor/standing/index.ts';
import type { Pass } from '../../src/quota/route-guard.ts';
import { RouteGuard } from '../../src/quota/route-guard.ts';
import { route } from './fixtures.ts';
import { said } from './guard-fleet.ts';

const LONGEST_CALL_MS = 10 * 60_000;
const ALLOWED = { hold: 1, breaker: 1, unproved: 3 } as const;
const ROUTES = [route('m1'), route('m2')] as const;
const OUTCOMES = [
  undefined,
  undefined,
  'permission',
  'capacity',
  'capacity',
  'quota-zero',
  'network',
] as const;

interface Call {
  readonly pass: Pass;
  readonly startedAt: number;
}

interface Process {
  readonly name: string;
  readonly guard: RouteGuard;
  readonly calls: Call[];
  /** The answer to an exchange that it has not heard yet. */
  onItsWay: { readonly stops: readonly Stop[] } | undefined;
  stops: readonly Stop[];
}

const who = fc.nat(3);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('call' as const), who, where: fc.nat(1) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      who,
      index: fc.nat(9),
      how: fc.constantFrom(...OUTCOMES, 'unused' as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('exchange' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hear' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resume' as const), first: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 500, 500, 5_000, 5_000, 20_000, 130_000, 13 * 60_000),
    }),
  },
);
const begins = fc.constantFrom('fresh', 'permission', 'quota-zero', 'capacity', 'capacity');
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class World {
  now = 1_000_000;
  state: StandingState = emptyStanding();
  starts = 0;
  /** Trials that calls were let through by, by the kind of stop. */
  readonly trials: Record<Stop['kind'], number> = { hold: 0, breaker: 0, unproved: 0 };
  readonly processes: Process[] = [0, 1, 2, 3].map(() => this.start());

  start(): Process {
    const name = `p${++this.starts}`;
    return { name, guard: new RouteGuard(), calls: [], onItsWay: undefined, stops: NEVER };
  }

  /** Everyone knows of a proved credential, and of a hold or a breaker that may be tried. */
  prepare(begin: 'fresh' | Branch): void {
    if (begin === 'fresh') return;
    const [first] = this.processes;
    for (const branch of [undefined, begin, begin, begin, begin, begin]) {
      for (const process of this.processes)
        this.run({ do: 'exchange', who: this.processes.indexOf(process) });
      this.call(first!, ROUTES[0]);
      this.end(first!, 0, branch);
    }
    for (const process of this.processes) {
      process.guard.check(ROUTES[0], this.now);
      this.run({ do: 'exchange', who: this.processes.indexOf(process) });
    }
    this.resumeAll();
    this.wait(20_000);
  }

  run(step: Step): void {
    const process = 'who' in step ? this.processes[step.who]! : this.processes[0]!;
    switch (step.do) {
      case 'call':
        return this.call(process, ROUTES[step.where]!);
      case 'end':
        return this.end(process, step.index, step.how);
      case 'exchange':
        this.ask(process);
        return this.hear(process);
      case 'ask':
        return this.ask(process);
      case 'hear':
        return this.hear(process);
      case 'crash':
        this.processes[this.processes.indexOf(process)] = this.start();
        return;
      case 'resume':
        return this.resume(this.state.holds.at(step.first ? 0 : -1)?.id);
      case 'wait':
        return this.wait(step.ms);
    }
  }

  call(process: Process, where: (typeof ROUTES)[number]): void {
    // Without a first answer there is no slot, as in the broker.
    const isShut = process.guard.check(where, this.now) !== undefined || process.stops === NEVER;
    if (isShut || process.calls.length >= 10) return;
    const pass = process.guard.pass(where, this.now, 'g1');
    const inTheWay = process.stops.filter((stop) => isFor(stop, where.model));
    expect(pass.trials).toHaveLength(inTheWay.length);
    for (const { about } of pass.trials) this.trials[kindOf(about)] += 1;
    process.calls.push({ pass, startedAt: this.now });
    this.check();
  }

  end(process: Process, index: number, how: Branch | 'unused' | undefined): void {
    const [call] = process.calls.splice(index % Math.max(1, process.calls.length), 1);
    if (call === undefined) return;
    if (how === 'unused') process.guard.released(call.pass, this.now);
    else process.guard.ended(call.pass, how === undefined ? undefined : said(how, 'denied'), this.now);
  }

  ask(process: Process): void {
    if (process.onItsWay !== undefined) return;
    const told = { process: process.name, probes: [], uses: [], routes: process.guard.drain(this.now) };
    const offers = standingFor(standingAfter(this.state, told, this.now), process.name, this.now);
    this.state = JSON.parse(JSON.stringify(offers.state)) as StandingState;
    process.onItsWay = offers;
    if (offers.probes.length > 0) this.probe(process.name, offers.probes[0]!.hold);
  }

  probe(process: string, hold: string): void {
    const scope = this.state.holds.find(({ id }) => id === hold)!.scope;
    const probes = [{ hold, scope, ok: true, why: 'it answered' }];
    this.state = standingAfter(this.state, { process, routes: [], uses: [], probes }, this.now);
  }

  hear(process: Process): void {
    const answer = process.onItsWay;
    if (answer === undefined) return;
    process.onItsWay = undefined;
    process.guard.heard({ stops: answer.stops, degraded: [], grants: [] }, this.now);
    process.stops = answer.stops;
  }

  resume(hold: string | undefined): void {
    if (hold === undefined) return;
    const done = command(this.state, { kind: 'resume', hold, by: 'anna', why: 'fixed' }, this.now);
    if ('state' in done) this.state = done.state;
  }

  resumeAll(): void {
    for (const { id } of this.state.holds) this.resume(id);
  }

  wait(ms: number): void {
    for (let left = ms; left > 0; left -= 60_000) {
      this.now += Math.min(left, 60_000);
      for (const process of this.processes) {
        const over = process.calls.filter(({ startedAt }) => this.now - startedAt >= LONGEST_CALL_MS);
        for (const call of over) {
          process.calls.splice(process.calls.indexOf(call), 1);
          process.guard.ended(call.pass, said('timeout'), this.now);
        }
      }
    }
  }

  /** No stop is gone through by more calls at a time than it allows, in the whole fleet. */
  check(): void {
    const under = new Map<string, Set<string>>();
    for (const { calls } of this.processes) {
      for (const { pass } of calls) {
        for (const { about, id } of pass.trials) under.set(about, (under.get(about) ?? new Set()).add(id));
      }
    }
    for (const [about, ids] of under) {
      expect(ids.size).toBeLessThanOrEqual(ALLOWED[kindOf(about)]);
    }
  }
}

const NEVER: readonly Stop[] = [];

function kindOf(about: string): Stop['kind'] {
  return about.split(' ')[0] as Stop['kind'];
}

function isFor(stop: Stop, model: string): boolean {
  switch (stop.kind) {
    case 'hold':
      return stop.hold.scope.kind !== 'model' || stop.hold.scope.key === model;
    case 'breaker':
      return stop.breaker.route.model === model;
    case 'unproved':
      return true;
  }
}

describe('over any interleaving of processes, delays and crashes', () => {
  it('no stop is gone through by more calls at a time than it allows, and by none without a trial', () => {
    const trials = { hold: 0, breaker: 0, unproved: 0 };
    fc.assert(
      fc.property(begins, fc.array(step, { maxLength: 200, size: 'max' }), (begin, steps) => {
        const world = new World();
        world.prepare(begin);
        for (const each of steps) world.run(each);
        for (const kind of ['hold', 'breaker', 'unproved'] as const) trials[kind] += world.trials[kind];
      }),
      { numRuns: 300, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: true },
    );
    // It was about something.
    expect(Math.min(...Object.values(trials))).toBeGreaterThan(10);
  });

  it('nothing hangs: once processes stay and calls go well, every hold that is resumed ends', () => {
    fc.assert(
      fc.property(begins, fc.array(step, { maxLength: 100, size: 'max' }), (begin, steps) => {
        const world = new World();
        world.prepare(begin);
        for (const each of steps) world.run(each);
        for (let round = 0; round < 200 && isStopped(world); round++) {
          world.resumeAll();
          world.wait(20_000);
          for (const process of world.processes) {
            for (const where of ROUTES) world.call(process, where);
            while (process.calls.length > 0) world.end(process, 0, undefined);
            world.ask(process);
            world.hear(process);
          }
        }
        expect(isStopped(world)).toBe(false);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: true },
    );
  });
});

function isStopped({ state }: World): boolean {
  return state.holds.length > 0 || state.routes.some(({ breaker }) => breaker !== undefined);
}
