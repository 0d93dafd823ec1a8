/** The busy act may leave a route degraded; a person says that it is over, so that the next act is its own. */
import { styleText } from 'node:util';
import type { Show } from './show.ts';

export async function endDegraded({ stage: { images }, teller }: Show): Promise<void> {
  const routes = (await images.routes()).flatMap((sight) => ('degraded' in sight ? sight.degraded : []));
  for (const { route, share, calls } of routes) {
    const { credential, model, tier } = route;
    const percent = Math.round(share * 100);
    teller.line(
      styleText(
        'cyan',
        `› ${model} was degraded, ${percent} % of ${calls} calls failed for capacity: ann ends that, it is well again`,
      ),
    );
    await images.endDegraded({ route: `${credential}/${model}/${tier}`, by: 'ann', why: 'it is well again' });
  }
}
