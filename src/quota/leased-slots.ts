/**
 * The slots of one model that the governor leased to this process. I6: a slot is used once, in its time, or returned;
 * one that passes unused is told of, so that the day does not count it.
 */
export interface LeasedSlot {
  /** By the governor's clock: its name. */
  readonly at: number;
  /** By ours: when it may be used first, and last. */
  readonly due: number;
  readonly until: number;
}

/** A slot that is due sooner cannot be another process's in time. */
const RETURN_MS = 250;

export class LeasedSlots {
  #slots: LeasedSlot[] = [];
  /** Slots that were used or passed since the governor answered last, by its time: it may still name them. */
  readonly #gone = new Set<number>();
  #lapsed: number[] = [];
  /** Slots that passed for the sake of a large call, by our clock. */
  #putBy: number[] = [];
  readonly #windowMs: number;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get length(): number {
    return this.#slots.length;
  }

  /** How many passed already for a large call that waits. */
  get putBy(): number {
    return this.#putBy.length;
  }

  get hasLapsed(): boolean {
    return this.#lapsed.length > 0;
  }

  /**
   * What the governor says is ours and was still to come when it answered at `answeredAt`, by its clock. What
   * was used or passed since is not ours again; what was due already is not in its answer, and ours still.
   */
  leased(slots: readonly LeasedSlot[], answeredAt: number): void {
    const due = this.#slots.filter(({ at }) => at < answeredAt);
    this.#slots = [...due, ...slots.filter(({ at }) => at >= answeredAt && !this.#gone.has(at))];
    // Later answers speak of what was still to come even later.
    for (const at of this.#gone) if (at < answeredAt) this.#gone.delete(at);
  }

  /** Slots whose time is over unused are nobody's; the day must not count them. */
  dropLate(now: number): void {
    if (!this.#slots.some(({ until }) => until < now)) return;
    for (const slot of this.#slots.filter(({ until }) => until < now)) this.#lapse(slot);
    this.#slots = this.#slots.filter(({ until }) => until >= now);
  }

  /**
   * The slot for a call that needs so many, if it is due. A call larger than a slot passes those before its own
   * unused, as they come, so that no window that ends or begins with it holds more than its limit.
   */
  take(needed: number, now: number): LeasedSlot | undefined {
    this.dropLate(now);
    this.#putBy = this.#putBy.filter((due) => due > now - this.#windowMs);
    for (;;) {
      const [first] = this.#slots;
      if (first === undefined || first.due > now) return undefined;
      this.#slots.shift();
      this.#gone.add(first.at);
      if (this.#putBy.length + 1 >= needed) {
        this.#putBy = [];
        return first;
      }
      this.#putBy.push(first.due);
    }
  }

  /** When the slot of a call that needs so many is due; undefined where none is leased. */
  dueAt(needed: number): number | undefined {
    return this.#slots[Math.max(0, needed - this.#putBy.length - 1)]?.due;
  }

  /** A slot that was taken and not used; another call may have it while its time lasts. */
  giveBack(slot: LeasedSlot, now: number): void {
    if (slot.until < now) return this.#lapse(slot);
    this.#gone.delete(slot.at);
    this.#slots = [...this.#slots, slot].sort((a, b) => a.at - b.at);
  }

  /** The last ones beyond so many, which the next exchange is early enough for: ours no more. */
  surplus(kept: number, now: number): readonly LeasedSlot[] {
    const [stay, go] = [this.#slots.slice(0, kept), this.#slots.slice(kept)];
    const still = go.filter(({ due }) => due > now + RETURN_MS);
    this.#slots = [...stay, ...go.filter((slot) => !still.includes(slot))];
    return still;
  }

  /** Names of those that are kept because they are due too soon for anybody else. */
  dueSoon(now: number): readonly number[] {
    return this.#slots.filter(({ due }) => due <= now + RETURN_MS).map(({ at }) => at);
  }

  /** Names of those that passed unused, to be told once. */
  drainLapsed(): readonly number[] {
    const lapsed = this.#lapsed;
    this.#lapsed = [];
    return lapsed;
  }

  #lapse(slot: LeasedSlot): void {
    this.#gone.add(slot.at);
    this.#lapsed.push(slot.at);
  }
}
