/** How a governor was seen; apart from the asking, for whoever only shows it. */
import type { GovernorView } from '../contract/exchange.ts';

/** A governor that runs and did not answer. */
export interface SilentGovernor {
  /** `google/ai-studio/my-project` */
  readonly id: string;
  /** Why, and what to do. */
  readonly unreachable: string;
  /** There is none of this id: its project is not called by a fleet. */
  readonly isAbsent?: true;
}

export type GovernorSight = GovernorView | SilentGovernor;

export function isSilent(sight: GovernorSight): sight is SilentGovernor {
  return 'unreachable' in sight;
}

/** Those that answered. */
export function answered(sights: readonly GovernorSight[]): readonly GovernorView[] {
  return sights.filter((sight): sight is GovernorView => !isSilent(sight));
}
