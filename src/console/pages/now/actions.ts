/** What is decided on *Now*: for a cause, for a hold, for a route. */
import type { Woken } from '../../../client/causes-wake.ts';
import { durationMs } from '../../../words/duration.ts';
import { FormProblem } from '../../form.ts';
import type { Act, Action, Done } from '../../page.ts';
import { counted, usd } from '../../words.ts';

/** How long a decision is seen through, after the answer has gone out. */
const SEEN_THROUGH_MS = 5 * 60_000;

function governorOf({ form }: Act): { readonly governor?: string } {
  const governor = form.get('governor');
  return governor === '' ? {} : { governor };
}

const STATES = {
  held: 'it is held again, the cause is still there',
  probing: 'a text call goes first',
  trial: 'the text call went well; one generation goes next',
  released: 'it is released',
} as const;

function wokenWords({ woken, left, why }: Woken): string {
  const rest = left === 0 ? '' : `; ${left} look again by themselves${why === undefined ? '' : `: ${why}`}`;
  return `${counted(woken, 'generation was woken', 'generations were woken')}${rest}`;
}

async function resume(act: Act): Promise<Done> {
  const { images, form, by, why, background } = act;
  const hold = form.required('hold', 'the hold');
  const state = await background.run(`${by} resumes ${hold}`, async (tell) => {
    const resumed = await images.resume({
      ...{ hold, by, why, ...governorOf(act), waitMs: SEEN_THROUGH_MS },
      onPhase: (phase) => {
        tell(STATES[phase]);
      },
    });
    return `${STATES[resumed.phase]}; ${wokenWords(resumed)}`;
  });
  return { notice: `Hold ${hold}: ${state}.` };
}

async function approveCause(act: Act): Promise<Done> {
  const { images, form, by, why, now, background } = act;
  const cause = form.required('cause', 'the cause');
  const route = form.required('route', 'the route');
  const evidence = form.required('evidence', 'the evidence');
  const ms = durationMs(form.required('until', 'for how long'));
  if (ms === undefined || ms <= 0) throw new FormProblem('for how long', 'must be a time such as 2h');
  const maxCostUsd = form.positive('maxCostUsd', 'at most, USD');
  const state = await background.run(`${by} lets ${cause} leave to ${route}`, async (tell) => {
    const granted = await images.approveCause({
      ...{ cause, route, evidence, maxCostUsd, by, why, ...governorOf(act) },
      until: new Date(now + ms),
      waitMs: SEEN_THROUGH_MS,
      onGranted: ({ grant }) => {
        tell(`granted as ${grant.id}, at most ${usd(grant.maxCostUsd)}; those that wait are being woken`);
      },
    });
    return `granted as ${granted.grant.id}; ${wokenWords(granted)}`;
  });
  return { notice: `${cause} may leave to ${route}: ${state}.` };
}

async function pause(act: Act): Promise<Done> {
  const { images, form, by, why } = act;
  const scope = form.required('scope', 'what to stop');
  const { hold } = await images.pause({ scope, by, why, ...governorOf(act) });
  return { notice: `${scope} is paused by hold ${hold.id}: nobody calls it until that is resumed.` };
}

async function endDegraded(act: Act): Promise<Done> {
  const { images, form, by, why } = act;
  const route = form.required('route', 'the route');
  await images.endDegraded({ route, by, why, ...governorOf(act) });
  return { notice: 'The route is used as before.' };
}

async function revoke(act: Act): Promise<Done> {
  const { images, form, by, why } = act;
  const grant = form.required('grant', 'the grant');
  await images.revokeGrant({ grant, by, why, ...governorOf(act) });
  return { notice: `Grant ${grant} is revoked: nobody leaves by it from now on.` };
}

export const NOW_ACTIONS: Readonly<Record<string, Action>> = {
  resume: { run: resume },
  'approve-cause': { run: approveCause },
  pause: { run: pause },
  'end-degraded': { run: endDegraded },
  revoke: { run: revoke },
};
