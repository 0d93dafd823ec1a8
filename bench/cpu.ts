/** How busy the machine was: everything here shares its cores, and a starved run says little. */
import { cpus } from 'node:os';

const EVERY_MS = 5_000;

export interface CpuWatch {
  /** Shares of all cores, 0–1: over the whole time, and in the busiest five seconds. */
  stop(): { readonly mean: number; readonly peak: number };
}

export function watchCpu(): CpuWatch {
  const first = reading();
  let last = first;
  let peak = 0;
  const look = (): void => {
    const now = reading();
    peak = Math.max(peak, busyShare(last, now));
    last = now;
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      const mean = busyShare(first, reading());
      return { mean, peak: Math.max(peak, mean) };
    },
  };
}

interface Reading {
  readonly idle: number;
  readonly total: number;
}

function reading(): Reading {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}

function busyShare(from: Reading, to: Reading): number {
  const total = to.total - from.total;
  return total === 0 ? 0 : 1 - (to.idle - from.idle) / total;
}
