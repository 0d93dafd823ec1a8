/** Time and timers of a wallet; a test gives its own. */
/** Two clocks: one that never goes back, for durations, and the calendar's. */
export interface Moment {
  readonly mono: number;
  /** Epoch milliseconds. */
  readonly wall: number;
}

export interface WalletClock {
  /** Milliseconds of a clock that never goes back. */
  mono(): number;
  /** Epoch milliseconds. */
  wall(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemWalletClock: WalletClock = {
  mono: () => performance.now(),
  wall: () => Date.now(),
  // What it would do is not worth keeping a process alive for: `close` does it.
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

export function moment(clock: WalletClock): Moment {
  return { mono: clock.mono(), wall: clock.wall() };
}
