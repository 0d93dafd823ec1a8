/** Runs a scenario with one seed; a broken law tells how to see it again. */
import { Broken } from './broken.ts';
import type { Engine } from './engine.ts';
import type { Figures } from './figures.ts';
import type { Scenario } from './plan.ts';
import { World } from './world.ts';

export interface Course {
  readonly seed: number;
  readonly figures: Figures;
}

export function course(scenario: Scenario, seed: number, engine: Engine): Course {
  const world = new World(scenario, seed, engine);
  try {
    return { seed, figures: world.run() };
  } catch (error) {
    throw withSeed(error, world, seed);
  }
}

function withSeed(error: unknown, world: World, seed: number): Error {
  const words = error instanceof Error ? error.message : String(error);
  const replay = `SIM_SEED=${seed} npx vitest run test/simulation -t '${world.scenario.name}'`;
  const { steps } = world.figures;
  const told = `${words}\n${world.scenario.name}, seed ${seed}, step ${steps}; again: ${replay}\n${world.lastEvents}`;
  if (error instanceof Broken) return new Broken(error.law, told.slice(error.law.length + 2));
  return new Error(told, { cause: error });
}

/** Seeds 1, 2, 3 … until there were so many steps; or the one that SIM_SEED names. */
export function courses(scenario: Scenario, steps: number, engine: Engine): readonly Course[] {
  const given = process.env['SIM_SEED'];
  if (given !== undefined) return [course(scenario, Number(given), engine)];
  const done: Course[] = [];
  for (let seed = 1, left = steps; left > 0; seed += 1) {
    const next = course(scenario, seed, engine);
    done.push(next);
    left -= next.figures.steps;
  }
  return done;
}
