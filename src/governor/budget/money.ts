/** Money in whole millionths of a USD, and in words. Pure. */
const MICROS = 1_000_000;

/** What must be covered: rounded up, so that a cap holds. */
export function microsOf(usd: number): number {
  // A price is a sum of products: 0.1 + 0.2 must not become a millionth more.
  return Math.max(0, Math.ceil(usd * MICROS - 1e-6));
}

export function usdOf(micros: number): number {
  return micros / MICROS;
}

/** `$1.20`; under a cent with as many digits as it takes: `$0.0032`. */
export function inUsd(micros: number): string {
  const usd = usdOf(micros);
  const digits = micros > 0 && micros < MICROS / 100 ? (micros < 100 ? 6 : 4) : 2;
  return `$${usd.toFixed(digits)}`;
}
