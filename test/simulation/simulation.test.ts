/**
 * Whole fleets in virtual time, from seeds. What must hold at each step and at the end stands in the laws beside
 * this file; docs/decisions/0022 says how to see a broken one again.
 */
import { describe, expect, it } from 'vitest';
import { SRC, engineAt } from './engine.ts';
import { figuresLine } from './figures.ts';
import { courses } from './run.ts';
import { SCENARIOS } from './scenarios.ts';

const STEPS_EACH = 10_000;
const engine = await engineAt(SRC);

describe('a fleet keeps the laws', () => {
  for (const scenario of SCENARIOS) {
    it(scenario.name, () => {
      const done = courses(scenario, STEPS_EACH, engine);
      for (const { seed, figures } of done)
        process.stdout.write(`${figuresLine(`${scenario.name} #${seed}`, figures)}\n`);
      expect(done.length).toBeGreaterThan(0);
    });
  }
});
