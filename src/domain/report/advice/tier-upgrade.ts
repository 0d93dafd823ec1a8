/** Whether a higher tier of the project would pay: its limits bind, or nearly so. */
import type { WaitLimit } from '../../wait-limit.ts';
import type { Given, TierUpgrade } from './finding.ts';
import { ENOUGH_CALLS, shareOf } from './finding.ts';

/** What a tier raises; a budget, a breaker or a pause is none of its business. */
const RAISED = ['rpm', 'tpm', 'ipm', 'rpd'] as const satisfies readonly WaitLimit[];
const NEARLY = 0.8;
/** So many generations wait, and each so long, that somebody notices. */
const MANY = 0.1;
const LONG_MS = 60_000;

export function tierUpgrade({ figures, quotas }: Given): TierUpgrade {
  const { total, waits, lines } = figures;
  const waited = RAISED.flatMap((limit) => {
    const wait = waits[limit];
    return wait === undefined ? [] : [{ limit, ...wait }];
  });
  const binding = waited.toSorted((a, b) => b.ms - a.ms)[0];
  const refusedByDay = lines.branch['quota-day']?.calls ?? 0;
  const isNoticed =
    binding !== undefined &&
    shareOf(binding.generations, total.generations) >= MANY &&
    binding.ms / binding.generations >= LONG_MS;
  const isDayOver = refusedByDay > 0 || (waits.rpd?.generations ?? 0) > 0;
  return {
    id: 'tier-upgrade',
    verdict: total.calls < ENOUGH_CALLS ? 'too-few' : isNoticed || isDayOver ? 'worth-it' : 'not-now',
    generations: total.generations,
    ...(binding === undefined ? {} : { binding }),
    waitedMs: waited.reduce((sum, { ms }) => sum + ms, 0),
    refusedByDay,
    nearlyUsed: quotas.filter(({ limit, used }) => limit > 0 && used / limit >= NEARLY),
  };
}
