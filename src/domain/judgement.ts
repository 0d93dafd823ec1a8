/** Judges a decision against what is asked at the moment it arrives. Total: junk is answered too (I12). */
import type { Ask } from './ask.ts';
import type { Decision, DecisionOutcome, DecisionRecord, Junk } from './decision.ts';

export interface Judgement {
  readonly outcome: DecisionOutcome;
  readonly answer: string;
}

/** What is known of the moment in which a decision arrives. */
export interface Moment {
  /** Absent while nothing is asked. */
  readonly ask: Ask | undefined;
  /** A decision that was taken and is being carried out. */
  readonly taken: Decision | undefined;
  /** The last one that was taken, whenever that was. */
  readonly before?: DecisionRecord | undefined;
  readonly now: number;
}

export function judge(decision: Decision | Junk, { ask, taken, before, now }: Moment): Judgement {
  if ('junk' in decision) return { outcome: 'junk', answer: decision.junk };
  if (taken !== undefined) {
    return { outcome: 'refused', answer: `${taken.by} has decided already: ${taken.choice}` };
  }
  if (ask === undefined) {
    const last =
      before === undefined ? '' : `; ${before.by ?? 'somebody'} decided ${before.choice ?? ''} before`;
    return { outcome: 'refused', answer: `nothing is asked at the moment${last}` };
  }
  if (now >= ask.expiresAt) {
    return {
      outcome: 'refused',
      answer: `the time to decide ended at ${new Date(ask.expiresAt).toISOString()}`,
    };
  }
  if (!ask.evidence.startsWith(decision.evidence)) {
    return {
      outcome: 'stale',
      answer: `the evidence has changed since: it is now ${ask.branch}/${ask.reason}, evidence ${ask.evidence}; look again and decide on that`,
    };
  }
  return available(decision, ask);
}

function available(decision: Decision, { options }: Ask): Judgement {
  const offered = options.filter(({ choice }) => choice === decision.choice);
  if (offered.length === 0) {
    const choices = [...new Set(options.map(({ choice }) => choice))].join(', ');
    return { outcome: 'refused', answer: `${decision.choice} is not offered; these are: ${choices}` };
  }
  if (decision.choice !== 'route-out') return { outcome: 'taken', answer: `taken: ${decision.choice}` };
  const routes = options.flatMap((option) => (option.choice === 'route-out' ? [option.route] : []));
  if (decision.route === undefined && routes.length > 1) {
    return { outcome: 'refused', answer: `route: give one of ${routes.join(', ')}` };
  }
  if (decision.route !== undefined && !routes.includes(decision.route)) {
    return {
      outcome: 'refused',
      answer: `route: ${decision.route} is not offered; these are: ${routes.join(', ')}`,
    };
  }
  return { outcome: 'taken', answer: `taken: route out to ${decision.route ?? routes[0]}` };
}
