/**
 * Resumes a hold and sees it through: the governor first lets a plain text call prove that the cause is
 * gone, then one generation, then all. Nobody calls while everybody sleeps, so a generation is woken for
 * each of the first two, and the rest once the hold is gone: three thousand that were woken into a hold
 * that still stands would only fall asleep again. Resumable: the same call goes on where another one ended.
 */
import type { GovernorView } from '../contract/exchange.ts';
import type { Hold } from '../contract/standing.ts';
import { waitingForAPerson } from './causes-waiting.ts';
import type { Dealt, Woken } from './causes-wake.ts';
import { affectedIds, wakeAffected, wakeOne } from './causes-wake.ts';
import { REAL_CLOCK } from './clock.ts';
import type { ClientContext } from './context.ts';
import { governorSight } from './governors.ts';
import { isSilent } from './governors-sight.ts';
import { sendCommand } from './governors-command.ts';
import { checkSaid } from './invalid.ts';
import type { PlacedHold } from './routes-hold.ts';
import { asked, goneHold, placeHold } from './routes-hold.ts';
import { perMinuteOf } from './routes-scope.ts';
import { seeThrough } from './routes-trial.ts';

export interface ResumeRequest {
  /** `h-1` */
  readonly hold: string;
  /** Needed where several governors have a hold of this id. */
  readonly governor?: string;
  readonly by: string;
  readonly why: string;
  /**
   * How long to see it through, in milliseconds: until it is proved, and while those that wait are woken at
   * the pace of the quota. @default 60000
   */
  readonly waitMs?: number;
  /** Told of each phase that the hold comes into, for somebody who watches. */
  readonly onPhase?: (phase: Resumed['phase']) => void;
}

export interface Resumed extends Woken {
  readonly governor: string;
  /** Id of the hold. */
  readonly hold: string;
  /**
   * `released`: it is gone. `held`: it was tried, and the cause is still there; `now` says so. `probing`,
   * `trial`: not proved yet; the next generation that asks goes on with it.
   */
  readonly phase: 'released' | Hold['phase'];
  /** The hold as it was; absent where it was gone before. */
  readonly before?: Hold;
  /** The hold as it stands; absent once it is released. */
  readonly now?: Hold;
}

export const DEFAULT_WAKE_MS = 60_000;

/** Throws InvalidRequest, RouteCommandRefused, UnknownGovernor, NoGovernorAnswered, ServerUnreachable. */
export async function resumeHold(context: ClientContext, given: ResumeRequest): Promise<Resumed> {
  const { hold: id, waitMs = DEFAULT_WAKE_MS, onPhase = () => undefined } = given;
  checkSaid(given);
  const until = Date.now() + waitMs;
  const sights = await asked(context, given.governor);
  const { found } = await waitingForAPerson(context);
  // It is gone, and some still wait for it: whoever resumed it did not reach them.
  const gone = goneHold(sights, found, id, given.governor);
  if (gone !== undefined) {
    onPhase('released');
    return {
      governor: gone.governor,
      hold: id,
      phase: 'released',
      ...(await wakeAffected(context, gone, { until })),
    };
  }
  const placed = placeHold(sights, id, given.governor);
  const { governor, hold: before } = placed;
  const dealt = dealtOf(placed);
  const { now, woken, view } = await seeThrough({
    view: await resumedView(context, placed, given),
    placed,
    ids: affectedIds(found, dealt),
    until,
    clock: context.clock ?? REAL_CLOCK,
    onPhase,
    look: async () => {
      const sight = await governorSight(context, governor);
      return isSilent(sight) ? undefined : sight;
    },
    nudge: (each) => wakeOne(context, each),
  });
  if (now !== undefined) {
    const left = affectedIds(found, dealt).length - woken;
    return { governor, hold: id, phase: now.phase, before, now, woken, left, why: 'the hold still stands' };
  }
  const pace = { perMinute: perMinuteOf(view, before.scope), until };
  return { governor, hold: id, phase: 'released', before, ...(await wakeAffected(context, dealt, pace)) };
}

/** One that is being tried already is not resumed again: somebody did, and this goes on with it. */
async function resumedView(
  context: ClientContext,
  { governor, hold, view }: PlacedHold & { readonly view: GovernorView },
  { by, why }: ResumeRequest,
): Promise<GovernorView> {
  if (hold.phase !== 'held') return view;
  return await sendCommand(context, governor, { kind: 'resume', hold: hold.id, by, why });
}

function dealtOf({ governor, hold }: PlacedHold): Dealt {
  return { governor, branch: hold.branch, scope: hold.scope, hold: hold.id };
}
