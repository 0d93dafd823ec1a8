/** Sees a resumed hold through its proof: looks what becomes of it, and wakes somebody who asks for it. */
import type { GovernorView } from '../contract/exchange.ts';
import type { Hold } from '../contract/standing.ts';
import type { Clock } from './clock.ts';
import type { PlacedHold } from './routes-hold.ts';

export interface Course {
  /** How it stood last. */
  readonly view: GovernorView;
  readonly placed: PlacedHold;
  /** Those that wait for this hold, oldest first. */
  readonly ids: readonly string[];
  /** Epoch milliseconds. */
  readonly until: number;
  readonly clock: Clock;
  readonly onPhase: (phase: 'released' | Hold['phase']) => void;
  /** Undefined where the governor does not answer: then it is as it was. */
  readonly look: () => Promise<GovernorView | undefined>;
  /** Resolves with whether there was anybody to wake. */
  readonly nudge: (id: string) => Promise<boolean>;
}

export interface Proved {
  readonly view: GovernorView;
  /** Undefined: the hold is gone. */
  readonly now?: Hold;
  /** So many generations were woken to prove it. */
  readonly woken: number;
}

/** Between two looks at what became of the hold. */
const LOOK_EVERY_MS = 2_000;
/**
 * After so many without a change another one is woken: a process that asked just before believes for 10 s
 * what it heard, and lets the first one fall asleep again.
 */
const PATIENT_LOOKS = 5;

/** Until the hold is released, held again, or the time is over; at once where nobody waits for it. */
export async function seeThrough(course: Course): Promise<Proved> {
  const { placed, ids, until, clock, look, nudge, onPhase } = course;
  let { view } = course;
  const woken = new Set<string>();
  let next = 0;
  let phase: Hold['phase'] | undefined;
  for (let looks = 0; ; looks += 1) {
    const now = view.holds.find(({ id }) => id === placed.hold.id);
    if (now === undefined) {
      onPhase('released');
      return { view, woken: woken.size };
    }
    const isNew = now.phase !== phase;
    if (isNew) onPhase(now.phase);
    if (now.phase === 'held' || clock.now() >= until || ids.length === 0) {
      return { view, now, woken: woken.size };
    }
    if (isNew || looks >= PATIENT_LOOKS) {
      looks = 0;
      phase = now.phase;
      // One that has ended meanwhile asks nothing: then the next, and the first again after the last.
      for (let tried = 0; tried < ids.length; tried += 1) {
        const id = ids[next % ids.length] as string;
        next += 1;
        if (!(await nudge(id))) continue;
        woken.add(id);
        break;
      }
    }
    await clock.sleep(LOOK_EVERY_MS);
    view = (await look()) ?? view;
  }
}
