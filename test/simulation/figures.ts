/** What is measured of a course. */
export interface Figures {
  steps: number;
  generations: number;
  served: number;
  /** Calls that the provider saw, and those of them that it refused. */
  calls: number;
  refused: number;
  exchanges: number;
  /** The largest of any one process. */
  exchangesPerSecond: number;
  /** Over any three windows, of the limit; the lowest of all models. */
  lowestUse: number;
  meanUse: number;
  /** Largest deviation of a process's share. */
  unequal: number;
  mostWakes: number;
  overtakenMs: number;
  stateBytes: number;
  /** After the load ended, as a multiple of what the limit needs. */
  drain: number;
  /** Of the day's limit, the lowest of whole days. */
  dayUse: number;
}

export function newFigures(): Figures {
  return {
    steps: 0,
    generations: 0,
    served: 0,
    calls: 0,
    refused: 0,
    exchanges: 0,
    exchangesPerSecond: 0,
    lowestUse: Number.NaN,
    meanUse: Number.NaN,
    unequal: Number.NaN,
    mostWakes: 0,
    overtakenMs: 0,
    stateBytes: 0,
    drain: Number.NaN,
    dayUse: Number.NaN,
  };
}

/** One line, for people. */
export function figuresLine(name: string, figures: Figures): string {
  const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(1)} %`);
  return [
    name,
    `${figures.steps} steps`,
    `${figures.served}/${figures.generations} served`,
    `use ${percent(figures.meanUse)}, lowest ${percent(figures.lowestUse)}`,
    `429 ${percent(figures.calls === 0 ? 0 : figures.refused / figures.calls)}`,
    `exchanges ${figures.exchangesPerSecond.toFixed(3)}/s`,
    `unequal ${percent(figures.unequal)}`,
    `wakes ≤ ${figures.mostWakes}`,
    `overtaken ≤ ${(figures.overtakenMs / 1_000).toFixed(1)} s`,
    `state ≤ ${(figures.stateBytes / 1_024).toFixed(1)} KiB`,
    `drain ${Number.isNaN(figures.drain) ? '–' : figures.drain.toFixed(2)}`,
    `day ${percent(figures.dayUse)}`,
  ].join(' · ');
}
