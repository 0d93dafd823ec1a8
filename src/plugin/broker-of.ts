/** Which quota broker the options ask for. */
import { CALLS_UNPROVED } from '../governor/standing/index.ts';
import type { QuotaBroker } from '../quota/broker.ts';
import { FleetQuotaBroker } from '../quota/fleet-broker.ts';
import { LocalQuotaBroker } from '../quota/local-broker.ts';
import type { ProbeOf } from '../quota/probe.ts';
import type { QuotaOptions } from './quota-options.ts';

const MINUTE_MS = 60_000;

/** Throws a TypeError that names the option and the cure. */
export function brokerOf(options: QuotaOptions, probe: ProbeOf): QuotaBroker {
  const { quota = 'local', limits, quotaWindowScale = 1, spendLimit, readLimits } = options;
  if (typeof quota === 'object') return quota;
  if (quota === 'local') {
    return new LocalQuotaBroker({
      ...(limits === undefined ? {} : { limits }),
      windowScale: quotaWindowScale,
      probe,
      callsUnproved: CALLS_UNPROVED,
    });
  }
  if (quota !== 'fleet') {
    throw new TypeError(`quota is ${String(quota)}: give 'local', 'fleet' or a broker of your own`);
  }
  return new FleetQuotaBroker({
    probe,
    windowMs: MINUTE_MS * quotaWindowScale,
    ...(limits === undefined ? {} : { limits }),
    ...(spendLimit === undefined ? {} : { spend: spendLimit }),
    ...(readLimits === undefined ? {} : { readLimits }),
  });
}
