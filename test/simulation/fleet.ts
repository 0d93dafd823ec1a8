/** The processes of a fleet: they join, leave, die and come back, and Temporal sends generations to any of them. */
import type { Generation } from './generation.ts';
import { HostClock } from './host-clock.ts';
import type { Surroundings } from './process.ts';
import { Process } from './process.ts';

const CLOCKS_MS = 5_000;
const CLOCK_DRIFT = 0.0001;
const MOST = 12;

export class Fleet {
  readonly #around: Surroundings;
  readonly #clocksMs: number;
  readonly all: Process[] = [];

  /** @param clocksMs Clocks are off by up to so much, either way. */
  constructor(around: Surroundings, clocksMs = CLOCKS_MS) {
    this.#around = around;
    this.#clocksMs = clocksMs;
  }

  get alive(): readonly Process[] {
    return this.all.filter(({ state }) => state === 'alive');
  }

  join(): void {
    if (this.alive.length >= MOST) return;
    const { random, now, note } = this.#around.stage;
    const offset = random.between(-this.#clocksMs, this.#clocksMs);
    const clock = new HostClock(now, offset, random.between(-CLOCK_DRIFT, CLOCK_DRIFT));
    const process = new Process(`p${this.all.length + 1}`, this.#around, clock);
    this.all.push(process);
    note(`${process.id}: joins, its clock is off by ${Math.round(offset)} ms`);
  }

  /** One leaves in order; the last one stays. */
  leave(again: (generationId: string) => void): void {
    const process = this.#anyButLast();
    if (process === undefined) return;
    process.state = 'leaving';
    for (const [generationId, waiter] of process.waiting) {
      process.seat.leave(waiter);
      again(generationId);
    }
    process.waiting.clear();
    // Calls under way are waited for; what comes later than that is not reported.
    this.#around.stage.later(20_000, `${process.id}: leaves`, () => process.leave());
  }

  kill(): void {
    const { stage } = this.#around;
    const process = stage.random.pick(this.alive);
    if (process === undefined) return;
    process.kill();
    stage.later(stage.random.between(1_000, 10_000), 'a process comes back', () => this.join());
  }

  pick(generation: Generation): Process | undefined {
    const { alive } = this;
    const home = generation.home === undefined ? undefined : alive.find(({ id }) => id === generation.home);
    const process = home ?? this.#around.stage.random.pick(alive);
    if (generation.home !== undefined && process !== undefined) generation.home = process.id;
    return process;
  }

  #anyButLast(): Process | undefined {
    const { alive } = this;
    return alive.length < 2 ? undefined : this.#around.stage.random.pick(alive);
  }
}
