/** `gemini.quietHours`: what is known of quiet hours on a rung's route now. Asked only by who may wait for them. */
import type { QuietHoursInput } from '../src/contract/generation.ts';
import { learnedQuiet } from '../src/domain/learned-quiet.ts';
import type { QuietOutlook } from '../src/domain/quiet.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { ActivityDeps } from './deps.ts';
import { routeNamed } from './deps.ts';
import { routeOfRung } from './outlook.ts';

/** Bytes of the words on it. */
const LONGEST_WHY = 300;

/** Throws where this worker lacks the route: another worker of the queue may have it. */
export async function quietHours(deps: ActivityDeps, { rung }: QuietHoursInput): Promise<QuietOutlook> {
  const route = routeOfRung(deps, rung);
  if (route === undefined) throw new Error(`route ${rung.route} is not configured on this worker`);
  const configured = routeNamed(deps, rung.route)?.quiet;
  const outlook =
    configured?.outlook(Date.now()) ?? learnedQuiet(await deps.broker.hours?.(route), Date.now());
  return { ...outlook, why: shortText(outlook.why, LONGEST_WHY) };
}
