/** The plain text call that tells whether a cause was fixed, before any generation tries. */
import type { ProbeOutcome } from '../contract/exchange.ts';
import type { Probe } from '../contract/standing.ts';

/** Undefined where this process has no route within the scope. Never rejects. */
export type ProbeOf = (probe: Probe) => Promise<ProbeOutcome | undefined>;
