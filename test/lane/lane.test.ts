/** Pure unit and property tests of the batch lane's reducer: no workers, no servers. */
import { describe, expect, it } from 'vitest';
import type { LaneItem, LaneJoin, LaneLimits } from '../../src/contract/lane.ts';
import type { LaneEvent, LaneState } from '../../src/lane/index.ts';
import { due, isEmpty, MOST_JOBS, newLane, reduce } from '../../src/lane/index.ts';

const LIMITS: LaneLimits = { items: 3, bytes: 1_000, ageMs: 60_000 };
const IDLE: ReadonlySet<string> = new Set();

function join(generation: string, given: Partial<LaneJoin> = {}): LaneEvent {
  const item = { generation, n: 1, entry: 1, bytes: 10 };
  return { kind: 'join', join: { ...item, limits: LIMITS, timeScale: 1, ...given } };
}

function after(events: readonly LaneEvent[], from: LaneState = newLane('lane'), now = 0): LaneState {
  return events.reduce((state, event) => reduce(state, event, now), from);
}

function listOf(state: LaneState, job = 0): readonly string[] {
  const found = state.jobs[job];
  return found?.phase === 'submitting' ? (found.list ?? []).map(({ generation }) => generation) : [];
}

const created = (name: string): LaneEvent => ({
  kind: 'submitted',
  name,
  answer: { kind: 'created', job: 'batches/1', elsewhere: [] },
});

describe('what is collected', () => {
  it('closes a job by count, and numbers it', () => {
    const state = after(['a', 'b', 'c', 'd'].map((id) => join(id)));
    expect(state.jobs.map(({ name }) => name)).toEqual(['lane-1']);
    expect(listOf(state)).toEqual(['a', 'b', 'c']);
    expect(state.waiting.map(({ generation }) => generation)).toEqual(['d']);
  });

  it('closes a job by bytes, and never one without an item', () => {
    const big = after([join('a', { bytes: 600 }), join('b', { bytes: 600 })]);
    expect(listOf(big)).toEqual(['a']);
    expect(listOf(after([join('huge', { bytes: 5_000 })]))).toEqual(['huge']);
  });

  it('closes a job by the age of its first item', () => {
    const state = after([join('a'), join('b')]);
    expect(due(state, IDLE, 59_999).state.jobs).toEqual([]);
    expect(due(state, IDLE, 59_999).wakeAt).toBe(60_000);
    expect(listOf(due(state, IDLE, 60_000).state)).toEqual(['a', 'b']);
  });

  it('closes a job when its list would be too long for history', () => {
    const limits = { items: 1_000, bytes: 1e9, ageMs: 60_000 };
    const long = Array.from({ length: 120 }, (_, i) => join(`${'x'.repeat(200)}-${i}`, { limits }));
    const state = after(long);
    expect(state.jobs.length).toBeGreaterThan(0);
    for (const job of state.jobs) {
      expect(JSON.stringify(job).length).toBeLessThan(16 * 1024);
    }
  });

  it('collects an item once however often it is announced, also while its job is being submitted', () => {
    const twice = after([join('a'), join('a'), join('b'), join('c'), join('a')]);
    expect(listOf(twice)).toEqual(['a', 'b', 'c']);
    expect(twice.waiting).toEqual([]);
  });

  it('goes by the entry that came last, in whichever order they are heard', () => {
    const entries = [join('a', { entry: 1 }), join('a', { entry: 2 })];
    for (const order of [entries, entries.toReversed()]) {
      expect(after(order).waiting.map(({ entry }) => entry)).toEqual([2]);
    }
  });

  it('forgets who leaves before a job has it', () => {
    const left: LaneEvent = { kind: 'leave', leave: { generation: 'a', n: 1, entry: 1 } };
    const state = after([join('a'), left]);
    expect(isEmpty(state)).toBe(true);
    expect(due(state, IDLE, 0)).toMatchObject({ actions: [], wakeAt: undefined });
  });

  it('keeps at most so many jobs open; the rest waits', () => {
    const one = { ...LIMITS, items: 1 };
    const state = after(Array.from({ length: MOST_JOBS + 5 }, (_, i) => join(`g${i}`, { limits: one })));
    expect(state.jobs).toHaveLength(MOST_JOBS);
    expect(state.waiting).toHaveLength(5);
    const done: LaneEvent = {
      ...{ kind: 'submitted', name: 'lane-1' },
      answer: { kind: 'empty', elsewhere: [] },
    };
    expect(due(after([done], state), IDLE, 0).state.jobs).toHaveLength(MOST_JOBS);
  });
});

describe('a job', () => {
  const closed = after(['a', 'b', 'c'].map((id) => join(id)));

  it('is submitted at once, and by one activity at a time', () => {
    expect(due(closed, IDLE, 0).actions).toMatchObject([{ kind: 'submit', job: { name: 'lane-1' } }]);
    expect(due(closed, new Set(['lane-1']), 0).actions).toEqual([]);
  });

  it('that was not taken is submitted again, ever later, under the same name and without its list', () => {
    const later: LaneEvent = {
      ...{ kind: 'submitted', name: 'lane-1' },
      answer: { kind: 'later', why: 'no room', elsewhere: [] },
    };
    const once = after([later], closed);
    const twice = after([later], once);
    expect(once.jobs).toMatchObject([
      { name: 'lane-1', phase: 'submitting', nextAt: 30_000, why: 'no room' },
    ]);
    expect(twice.jobs[0]?.nextAt).toBe(60_000);
    expect(listOf(once)).toEqual([]);
  });

  it('waits at least as long as it was told', () => {
    const answer = { kind: 'later', why: 'sent', ms: 500_000, elsewhere: [] } as const;
    expect(after([{ kind: 'submitted', name: 'lane-1', answer }], closed).jobs[0]?.nextAt).toBe(500_000);
  });

  it('is looked at ever more rarely, at least every ten minutes', () => {
    let state = after([created('lane-1')], closed);
    const delays: number[] = [];
    let now = 0;
    for (let look = 0; look < 12; look += 1) {
      const at = state.jobs[0]?.nextAt ?? 0;
      delays.push(at - now);
      now = at;
      expect(due(state, IDLE, now).actions).toMatchObject([{ kind: 'watch', job: { job: 'batches/1' } }]);
      state = reduce(state, { kind: 'watched', name: 'lane-1', answer: { kind: 'running' } }, now);
    }
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(delays[0]).toBe(30_000);
    expect(delays.at(-1)).toBe(600_000);
  });

  it('that is done is gone, and an empty lane has nothing left to do', () => {
    const answer = { kind: 'done', state: 'succeeded', answered: 3, missing: 0 } as const;
    const state = after([created('lane-1'), { kind: 'watched', name: 'lane-1', answer }], closed);
    expect(isEmpty(state)).toBe(true);
  });

  it('that somebody left is to be cancelled, where nobody is in it: asked once for each who leaves', () => {
    const leave = { generation: 'a', n: 1, entry: 1, job: 'lane-1' };
    const left = after([created('lane-1'), { kind: 'leave', leave }], closed);
    expect(due(left, IDLE, 0).actions).toMatchObject([{ kind: 'cancel', job: { name: 'lane-1' } }]);
    const asked = after([{ kind: 'cancelled', name: 'lane-1' }], left);
    expect(due(asked, IDLE, 0).actions).toMatchObject([{ kind: 'watch' }]);
  });

  it('that an item names and nobody looks after is adopted, once', () => {
    const state = after([join('a'), join('a', { job: 'other-7' }), join('b', { job: 'other-7' })]);
    expect(state.jobs.map(({ name, phase }) => [name, phase])).toEqual([['other-7', 'submitting']]);
    expect(state.waiting).toEqual([]);
    expect(after([join('a', { job: 'lane-1' })], closed).jobs).toEqual(closed.jobs);
  });

  it('that holds items of this one is adopted as well', () => {
    const answer = { kind: 'empty', elsewhere: ['other-7'] } as const;
    const state = after([{ kind: 'submitted', name: 'lane-1', answer }], closed);
    expect(state.jobs.map(({ name }) => name)).toEqual(['other-7']);
  });
});

describe('whatever comes in whichever order', () => {
  /** xorshift: the same course for the same seed. */
  function random(seed: number): () => number {
    let x = seed;
    return () => {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      return (x >>> 0) / 2 ** 32;
    };
  }

  function anyEvent(next: () => number, state: LaneState): LaneEvent {
    const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
    const item: LaneItem = {
      generation: `g${Math.floor(next() * 40)}`,
      n: 1,
      entry: 1 + Math.floor(next() * 2),
    };
    const name = pick([...state.jobs.map((job) => job.name), 'nobody-1']);
    const elsewhere = next() < 0.1 ? ['other-1'] : [];
    return pick<() => LaneEvent>([
      () => ({
        kind: 'join',
        join: { ...item, bytes: Math.floor(next() * 400), limits: LIMITS, timeScale: 1 },
      }),
      () => ({ kind: 'join', join: { ...item, bytes: 1, limits: LIMITS, timeScale: 0.02, job: name } }),
      () => ({ kind: 'leave', leave: item }),
      () => ({ kind: 'leave', leave: { ...item, job: name } }),
      () => ({ kind: 'submitted', name, answer: { kind: 'created', job: 'batches/1', elsewhere } }),
      () => ({ kind: 'submitted', name, answer: { kind: 'later', why: 'w'.repeat(900), elsewhere } }),
      () => ({ kind: 'submitted', name, answer: { kind: 'empty', elsewhere } }),
      () => ({ kind: 'watched', name, answer: { kind: 'running' } }),
      () => ({ kind: 'watched', name, answer: { kind: 'unknown', why: 'away' } }),
      () => ({ kind: 'watched', name, answer: { kind: 'done', state: 'failed', answered: 0, missing: 1 } }),
      () => ({ kind: 'cancelled', name }),
      () => ({ kind: 'failed', name, why: 'the store is away' }),
    ])();
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('course %i: no item twice, no name twice, carried whole', (seed) => {
    const next = random(seed * 7919);
    let state = newLane('lane');
    let now = 0;
    const names = new Set<string>();
    for (let step = 0; step < 400; step += 1) {
      now += Math.floor(next() * 20_000);
      const before = state;
      state = due(reduce(state, anyEvent(next, state), now), IDLE, now).state;
      const items = [
        ...state.waiting,
        ...state.jobs.flatMap((job) => (job.phase === 'submitting' ? (job.list ?? []) : [])),
      ].map(({ generation, n, entry }) => `${generation}/${n}/${entry}`);
      expect(new Set(items).size).toBe(items.length);
      expect(new Set(state.jobs.map(({ name }) => name)).size).toBe(state.jobs.length);
      for (const { name } of state.jobs) {
        const isNew = name.startsWith('lane-') && !before.jobs.some((job) => job.name === name);
        if (isNew) expect(names.has(name)).toBe(false);
        if (name.startsWith('lane-')) names.add(name);
      }
      // It goes on by continue-as-new: as JSON, and small.
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      expect(JSON.stringify(state).length).toBeLessThan(64 * 1024);
      const { actions, wakeAt } = due(state, IDLE, now);
      const isIdle = actions.length === 0 && wakeAt === undefined;
      expect(isIdle).toBe(isEmpty(state));
    }
  });
});
