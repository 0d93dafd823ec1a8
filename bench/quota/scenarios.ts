/** The loads: 3× the limit on all four forms, and the four days on which plain pacing does not do. */
import type { Arrival, Load } from './arrivals.ts';
import { bursts, evenly, poisson } from './arrivals.ts';
import type { Target } from './contest.ts';
import type { Form, Plan, Span } from './plan.ts';
import { FORMS, durationMs } from './plan.ts';

/** Pacing is at its worst where refused calls count, and at its best where nothing does. */
const TWO_FORMS: readonly Form[] = ['S', 'S+R'];

export function overload(plan: Plan): readonly Target[] {
  return FORMS.map(({ form }) => steady(form, form, plan.overloadSpan, plan, plan.overload));
}

export function realMinutes(plan: Plan): readonly Target[] {
  return TWO_FORMS.map((form) => steady(`real minutes, ${form}`, form, plan.realSpan, plan, plan.overload));
}

/** A burst every three minutes, 91 % of the limit on average. */
export function burst(plan: Plan): readonly Target[] {
  return both('burst', plan, (load, { perWindow, windowMs }) =>
    bursts(load, 0.91 * 3 * perWindow, 3 * windowMs),
  );
}

/** 95 % of the limit, most of it at one process. */
export function skew(plan: Plan): readonly Target[] {
  const weights = [70, ...Array<number>(plan.processes - 1).fill(30 / (plan.processes - 1))];
  return both('skew 70/10/10/10', plan, (load, span) =>
    poisson({ ...load, weights: () => weights }, 0.95 * rateOf(span)),
  );
}

/** Twice as many processes from the middle on; more than the limit all the time. */
export function scaleOut(plan: Plan): readonly Target[] {
  const half = durationMs(plan.scenarioSpan) / 2;
  const [few, many] = [evenly(plan.processes)(0), evenly(2 * plan.processes)(0)];
  const targets = both('scale-out 4 to 8', plan, (load, span) =>
    poisson({ ...load, weights: (atMs) => (atMs < half ? few : many) }, plan.overload * rateOf(span)),
  );
  return targets.map((target) => ({ ...target, splitAt: plan.scenarioSpan.windows / 2 }));
}

/** Everyone believes in twice the limit, and 1.5 times the true one is asked for. */
export function wrongLimit(plan: Plan): readonly Target[] {
  return both('limit 2× too high', plan, (load, span) => poisson(load, 1.5 * rateOf(span))).map((target) => ({
    ...target,
    believed: 2 * target.believed,
  }));
}

/** Calls per millisecond that the limit admits. */
function rateOf({ perWindow, windowMs }: Span): number {
  return perWindow / windowMs;
}

function steady(name: string, form: Form, span: Span, plan: Plan, times: number): Target {
  const load = loadOf(name, span, plan);
  return { name, form, span, believed: span.perWindow, arrivals: poisson(load, times * rateOf(span)) };
}

function both(
  name: string,
  plan: Plan,
  arrive: (load: Load, span: Span) => readonly Arrival[],
): readonly Target[] {
  const span = plan.scenarioSpan;
  return TWO_FORMS.map((form) => {
    const own = `${name}, ${form}`;
    const arrivals = arrive(loadOf(own, span, plan), span);
    return { name: own, form, span, believed: span.perWindow, arrivals };
  });
}

function loadOf(name: string, span: Span, { seed, processes }: Plan): Load {
  return { seed, name, durationMs: durationMs(span), weights: evenly(processes) };
}
