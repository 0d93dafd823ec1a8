/**
 * A simulator that finds nothing is none: each seeded bug is found within its budget of steps, and the same
 * copy without a bug is found sound.
 */
import { describe, expect, it } from 'vitest';
import { Broken } from './broken.ts';
import type { Engine } from './engine.ts';
import { withMutant } from './mutant.ts';
import type { Scenario } from './plan.ts';
import { SCENARIOS } from './scenarios.ts';
import type { SeededBug } from './seeded-bugs.ts';
import { SEEDED_BUGS } from './seeded-bugs.ts';
import { World } from './world.ts';

const MOST_STEPS = 150_000;

function scenarioOf({ scenario }: Pick<SeededBug, 'scenario'>): Scenario {
  const found = SCENARIOS.find(({ name }) => name.includes(scenario));
  if (found === undefined) throw new Error(`no scenario is named ${scenario}`);
  return found;
}

/** The first law that is broken, seed after seed; none within the budget: undefined. */
function brokenLaw(scenario: Scenario, engine: Engine): string | undefined {
  for (let seed = 1, steps = 0; steps < MOST_STEPS; seed += 1) {
    const world = new World(scenario, seed, engine);
    try {
      world.run();
    } catch (error) {
      if (error instanceof Broken) return error.law;
      throw error;
    }
    steps += world.figures.steps;
  }
  return undefined;
}

describe('seeded bugs', () => {
  it.each(SEEDED_BUGS)('$name: found', async (bug) => {
    const law = await withMutant(bug, (engine) => brokenLaw(scenarioOf(bug), engine));
    expect(bug.laws).toContain(law);
  });

  it('none: the same copy without a bug keeps the laws', async () => {
    const scenario = scenarioOf({ scenario: 'crashes' });
    const world = await withMutant(undefined, (engine) => new World(scenario, 1, engine));
    expect(world.run().served).toBe(world.generations.length);
  });
});
