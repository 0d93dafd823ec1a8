/** A route as scopes see it. */
import type { Route } from '../domain/path.ts';
import type { Place } from '../governor/standing/index.ts';

/** What is told of trials: whose route it was does not matter. */
export const NOWHERE: Place = { credential: '', model: '', tier: 'standard', project: '', baseUrl: '' };

export function placeOf({ account, model, tier }: Route): Place {
  const { credential, project, baseUrl } = account;
  return { credential, model, tier, project, baseUrl };
}

/** Of another project's route its machines only: its model and credential are not this governor's. */
export function machineOf({ account }: Route): Place {
  return { ...NOWHERE, baseUrl: account.baseUrl };
}
