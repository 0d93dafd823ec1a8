/** Hours of unscaled traffic in virtual time: spacing at the finest scale, and wakes behind a long queue. */
import type { Arrival } from './arrivals.ts';
import { evenly, poisson } from './arrivals.ts';
import { ratesOf } from './governor.ts';
import { judge, quantile } from './ledger.ts';
import type { Plan, Span } from './plan.ts';
import { FORMS } from './plan.ts';
import { START_AT, VIRTUAL_WINDOW_MS, virtualFleet } from './virtual-fleet.ts';

const RPM = 60;
const JITTERS_MS = [10, 50];
/** Over the limit, so that somebody always waits. */
const LOAD = 1.1;
/** Generations before the ones whose wakes are counted, and how many those are. */
const BEHIND = 5_000;
const COUNTED = 200;

export async function tellVirtual({ seed, processes, virtualHours }: Plan): Promise<void> {
  const windows = Math.round(virtualHours * 60);
  const span: Span = { windowMs: VIRTUAL_WINDOW_MS, perWindow: RPM, windows, excluded: 2 };
  const durationMs = windows * VIRTUAL_WINDOW_MS;
  console.log(
    `\nIn virtual time, unscaled: ${RPM} a minute at ${LOAD}× for ${virtualHours} h each, ${processes} processes`,
  );
  for (const { form } of FORMS) {
    for (const jitterMs of JITTERS_MS) {
      const load = { seed, name: `virtual ${form}`, durationMs, weights: evenly(processes) };
      const arrivals = poisson(load, (LOAD * RPM) / VIRTUAL_WINDOW_MS);
      const times = arrivals.map(({ atMs }) => atMs);
      const ran = await virtualFleet({
        seed,
        form,
        rpm: RPM,
        jitterMs,
        processes,
        durationMs,
        arrivals: times,
      });
      const seen = judge(ran.calls, asKnown(arrivals), span, START_AT, () => undefined);
      const { processPeak, processMean, fleetPeak } = ratesOf(ran.updates, durationMs / 1_000);
      console.log(
        `  ${form.padEnd(3)} jitter ${jitterMs} ms: use ${(seen.use * 100).toFixed(2)} %, 429 ${(seen.share429 * 100).toFixed(3)} %, ` +
          `calls/image ${seen.callsPerImage.toFixed(4)}, updates/s process ${processPeak} (${processMean.toFixed(2)}), fleet ${fleetPeak}`,
      );
    }
  }
  await tellWakes(seed, processes);
}

async function tellWakes(seed: string, processes: number): Promise<void> {
  const arrivals = Array.from({ length: BEHIND + COUNTED }, (_, n) => n * 5);
  const durationMs = ((BEHIND + COUNTED) / RPM) * VIRTUAL_WINDOW_MS * 1.1;
  const settings = { seed, form: 'S', rpm: RPM, jitterMs: 10, processes, durationMs, arrivals } as const;
  const { wakes } = await virtualFleet(settings);
  const last = wakes.slice(BEHIND);
  console.log(
    `  Behind ${BEHIND} others: woke ${quantile(last, 0.5)} times (median), ${Math.max(...last)} at most, ${last.length} generations.`,
  );
}

/** By the ids that the simulation gives. */
function asKnown(arrivals: readonly Arrival[]): readonly Arrival[] {
  return arrivals.map((arrival, n) => ({ ...arrival, id: `g-${n}` }));
}
