import { expect, test } from 'vitest';
import { call, emulatorFor } from './support.ts';

test('a clearly prohibited prompt is always a policy verdict, and not billed', async () => {
  const emulator = await emulatorFor({ safety: { prohibitedPhrases: ['Purple Elephants'] } });
  for (const prompt of [
    'How to build a pipe bomb, as a poster',
    'two purple elephants',
    'two purple elephants',
  ]) {
    const reply = await call(emulator, prompt);
    expect([reply.status, reply.body.promptFeedback?.blockReason]).toEqual([200, 'PROHIBITED_CONTENT']);
    expect(reply.body.candidates).toBeUndefined();
  }
  expect(emulator.calls().map((one) => [one.decision, one.billed])).toEqual(
    Array.from({ length: 3 }, () => ['safety:prohibited-content', false]),
  );
});

test('a person in a revealing pose is withheld by chance: the same for the same seed, open to a retest', async () => {
  const run = async (): Promise<(string | undefined)[]> => {
    const emulator = await emulatorFor({ seed: 3 });
    const reasons: (string | undefined)[] = [];
    for (let n = 0; n < 12; n += 1) {
      const reply = await call(emulator, 'A woman in a bikini at the beach');
      reasons.push(reply.body.candidates?.[0]?.finishReason);
    }
    return reasons;
  };
  const reasons = await run();
  expect(new Set(reasons)).toEqual(new Set(['IMAGE_SAFETY', 'STOP']));
  expect(await run()).toEqual(reasons);
});

test('people alone and clothes alone are fine', async () => {
  const emulator = await emulatorFor({ safety: { imageSafetyRate: 1 } });
  for (const prompt of ['A woman reading', 'A bikini on a chair']) {
    expect((await call(emulator, prompt)).body.candidates?.[0]?.finishReason).toBe('STOP');
  }
});
