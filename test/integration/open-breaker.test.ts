/**
 * An overloaded model, and one process that notices: its breaker opens after five failures of everyone's calls. Whoever
 * allows another model starts there instead of waiting behind it; who does not waits, and says what for.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const MODEL = 'gemini-3-pro-image';
const OVERLOADED = `a red fox [[fault:overloaded-503*always@model(${MODEL})]]`;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { latencyMs: 10 } });
  // Unscaled: a breaker that is tried again after half a second is open for nobody.
  await rig.worker({ timeScale: 1 });
});
afterAll(() => rig.close());

const started: string[] = [];
async function startOverloaded(): Promise<string> {
  const { id } = await rig.images.start({ prompt: OVERLOADED, model: MODEL });
  started.push(id);
  return id;
}

it('behind an open breaker: an allowed model makes the image at once, nothing more is sent to the first, and it is told', async () => {
  await Promise.all(Array.from({ length: 6 }, startOverloaded));
  // Failures are told once a second; who comes before that still calls, and fails.
  await eventually('one that allows nothing else waits behind the breaker', async () => {
    const id = await startOverloaded();
    return await eventually('it has begun', async () => {
      const { phase, why } = await rig.images.describe(id);
      const waits = phase === 'waiting' && /calls within a minute ended in capacity/.test(why);
      return waits || phase === 'backing-off' ? { waits } : undefined;
    }).then(({ waits }) => waits);
  });

  const served = await rig.images.generate({
    prompt: 'a tin robot',
    model: MODEL,
    allow: { models: 'chain' },
  });
  expect(served.model).not.toBe(MODEL);
  expect(rig.calls(served.id).map(({ model }) => model)).toEqual([served.model]);
  expect(served.warnings).toEqual([
    expect.stringMatching(
      /breaker is open, route proof: .*\d+ of \d+ calls within a minute ended in capacity.*was passed over for/,
    ),
  ]);

  await Promise.all(started.map((id) => rig.images.cancel(id)));
});
