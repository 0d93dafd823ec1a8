/**
 * Whole fleets in virtual time, from seeds. What must hold at each step and at the end stands in the laws beside
 * this file; docs/decisions/0022 says how to see a broken one again.
 */
import { describe, expect, it } from 'vitest';
import { SRC, engineAt } from './engine.ts';
import { figuresLine } from './figures.ts';
import { course, courses } from './run.ts';
import { SCENARIOS } from './scenarios.ts';

/** Of each scenario, at least. */
const STEPS_EACH = 6_000;
const STEPS_IN_ALL = 100_000;
const engine = await engineAt(SRC);
const stepsOf = new Map<string, number>();

describe('a fleet keeps the laws', () => {
  it.each(SCENARIOS)('$name', (scenario) => {
    const done = courses(scenario, STEPS_EACH, engine);
    for (const { seed, figures } of done) print(figuresLine(`${scenario.name}, seed ${seed}`, figures));
    stepsOf.set(
      scenario.name,
      done.reduce((sum, { figures }) => sum + figures.steps, 0),
    );
    expect(done.map(({ figures }) => figures.generations).every((born) => born > 0)).toBe(true);
  });

  it(`all of them together in at least ${STEPS_IN_ALL} steps`, ({ skip }) => {
    skip(stepsOf.size < SCENARIOS.length || process.env['SIM_SEED'] !== undefined, 'only some were run');
    expect([...stepsOf.values()].reduce((sum, steps) => sum + steps, 0)).toBeGreaterThan(STEPS_IN_ALL);
  });
});

describe('a seed', () => {
  const scenario = SCENARIOS.find(({ name }) => name.startsWith('crashes')) ?? SCENARIOS[0];

  it('is a course: run again it takes the same steps to the same figures', () => {
    if (scenario === undefined) throw new Error('there are no scenarios');
    expect(course(scenario, 7, engine)).toEqual(course(scenario, 7, engine));
  });
});

/** Figures are for people who ask for them: SIM_PRINT=1. */
function print(line: string): void {
  if (process.env['SIM_PRINT'] !== undefined) process.stdout.write(`${line}\n`);
}
