/** The last wall before the wire (I4): a route that nobody allowed is not called, whoever asks for it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/domain/decision.ts';
import type { World } from '../support/activity-world.ts';
import { KEY, thrown, world } from '../support/activity-world.ts';

const BACKUP = 'backup-key-0123456789';
let w: World;
beforeAll(async () => {
  w = await world({ keys: [KEY, BACKUP] }, (baseUrl) => ({
    apiKey: undefined,
    routes: [
      { name: 'main', apiKey: KEY, baseUrl },
      { name: 'backup', apiKey: BACKUP, baseUrl },
    ],
  }));
});
afterAll(() => w.close());

const approval: DecisionRecord = {
  at: 0,
  via: 'signal',
  outcome: 'taken',
  answer: 'taken',
  choice: 'route-out',
  by: 'ann',
  why: 'idle',
  evidence: 'e'.repeat(64),
};

it('I4: without an approval record nothing is sent to a route-out; with one it is, and the evidence names who', async () => {
  const input = await w.input({ prompt: 'a fox' });
  const rung = input.snapshot.rungs.findIndex(({ kind }) => kind === 'route-out');
  expect(rung).toBeGreaterThan(0);
  const out = { ...input, variation: { rung } };
  expect(await thrown(w.generate(out))).toMatchObject({
    type: 'gemini.route-not-approved',
    nonRetryable: true,
  });
  expect(w.emulator.calls()).toEqual([]);

  const { attempt } = await w.generate({ ...out, approval });
  expect(attempt.route).toBe('backup');
  const evidence = Buffer.from(await w.store.get(attempt.evidence ?? '')).toString();
  expect(JSON.parse(evidence)).toMatchObject({ approval: { by: 'ann', why: 'idle' } });
});
