/**
 * The calls of this process that go first as trials, while they are on their way. An image takes its time, a refusal does
 * not: one that tries a credential and is not refused for seconds proves it, and others may go.
 */
import { isUnproved } from './guard-memory.ts';

/** No provider thinks about a bad key for so long. */
const UNREFUSED_MS = 3_000;

export interface FirstCall {
  readonly at: number;
  readonly trials: readonly { readonly about: string }[];
}

export class GuardFirstCalls<T extends FirstCall> {
  #underWay: readonly T[] = [];
  readonly #unrefused = new WeakSet<T>();

  add(call: T): void {
    this.#underWay = [...this.#underWay, call];
  }

  ended(call: T): void {
    this.#underWay = this.#underWay.filter((each) => each !== call);
  }

  get isAny(): boolean {
    return this.#underWay.length > 0;
  }

  /** Those that have proved a credential by now; each is told once. */
  unrefused(now: number): readonly T[] {
    const proved = this.#open().filter(({ at }) => now - at >= UNREFUSED_MS);
    for (const call of proved) this.#unrefused.add(call);
    return proved;
  }

  /** When the next one will have proved it; undefined where none tries a credential. */
  lookAt(now: number): number | undefined {
    const open = this.#open();
    return open.length === 0
      ? undefined
      : Math.max(now, Math.min(...open.map(({ at }) => at + UNREFUSED_MS)));
  }

  #open(): readonly T[] {
    return this.#underWay.filter(
      (call) => !this.#unrefused.has(call) && call.trials.some(({ about }) => isUnproved(about)),
    );
  }
}
