/**
 * I14 over every rung: whichever step of the ladder hears a use-policy verdict, that is the last call. The
 * request allows all there is, so that nothing but the verdict stops it.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { asked, BY, KEYS, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import type { Rig } from '../support/rig.ts';

const OTHER_KEY = 'sk-other-key-0123456789-othr';
const FALLBACK = 'gemini-nano-banana-2.1';

type Allow = Exclude<NonNullable<GenerateRequest['allow']>, string>;

/** Everything, but for what would come before the rung that is looked at. */
const ALL: Allow = {
  ...{ tiers: ['priority', 'flex'], models: [FALLBACK], endpoints: ['backup', 'other'], sizes: 'smaller' },
  ...{ simplify: true, rewrite: 'auto', batch: true },
};

interface Rung {
  readonly rung: string;
  /** Faults that lead there; what comes after them is the verdict. */
  readonly faults: string;
  readonly allow: Allow;
  readonly size?: '2K';
  /** The move that the verdict answers. */
  readonly move: string;
  readonly calls: number;
}

const RUNGS: readonly Rung[] = [
  { rung: 'as asked', faults: '', allow: ALL, move: 'first call', calls: 1 },
  { rung: 'a retest', faults: 'capacity,', allow: ALL, move: 'same-path retest', calls: 2 },
  {
    rung: 'another tier',
    ...{ faults: 'capacity*2,', allow: ALL, calls: 3 },
    move: 'tier: gemini-3-pro-image → gemini-3-pro-image (priority)',
  },
  {
    rung: 'another endpoint',
    ...{ faults: 'capacity*2,', allow: { ...ALL, tiers: [] }, calls: 3 },
    move: 'endpoint: gemini-3-pro-image → gemini-3-pro-image on backup',
  },
  {
    rung: 'another model',
    ...{ faults: 'capacity*2,', allow: { ...ALL, tiers: [], endpoints: [] }, calls: 3 },
    move: `fallback: gemini-3-pro-image → ${FALLBACK}`,
  },
  {
    rung: 'a smaller size',
    ...{ faults: 'deadline*2,', allow: ALL, size: '2K', calls: 3 },
    move: 'smaller-size: 2K → 1K',
  },
];

/** Each with a worker of its own: what fails on the way is not known to the next one. */
async function started(): Promise<Rig> {
  const rig = await startOperatorRig({
    emulator: {
      ...{ keys: Object.values(KEYS), openai: { keys: [OTHER_KEY] } },
      batch: { queuedMs: 100, runningMs: 200 },
    },
  });
  onTestFinished(() => rig.close());
  const { routes = [], ...keyless } = twoRoutes(rig);
  const other = {
    ...({ name: 'other', provider: 'openai-compatible', dialect: 'images' } as const),
    ...{ apiKey: OTHER_KEY, baseUrl: `${rig.emulator.url}/v1` },
    models: [{ model: 'gpt-image-1', usdPerImage: 0.17 }] as const,
  };
  await rig.worker({
    ...keyless,
    allowPrivateUrls: true,
    routes: [...routes, other],
    batch: { items: 1, ageMs: 1_000 },
  });
  return rig;
}

describe('I14: a use-policy verdict is the last call', () => {
  const callsOf = ({ emulator }: Rig, id: string): number =>
    emulator.calls().filter(({ generation }) => generation?.id === id).length;

  async function ends(
    rig: Rig,
    id: string,
    { move, calls }: { readonly move: string; readonly calls: number },
  ): Promise<void> {
    const failed = await rig.images.result(id).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(GenerationFailed);
    expect(failed).toMatchObject({ branch: 'policy', failure: { cause: 'stop-branch' } });
    const { trail } = (failed as GenerationFailed).failure;
    expect(trail.at(-1)).toMatchObject({ move });
    expect(trail.at(-1)?.verdict).toMatch(/^policy\//);
    expect(trail).toHaveLength(calls);
    expect(callsOf(rig, id)).toBe(calls);
    expect((await rig.images.describe(id)).ask).toBeUndefined();
  }

  it.each(RUNGS)('on $rung', async ({ rung, faults, allow, size, ...expected }) => {
    const rig = await started();
    const { id } = await rig.images.start({
      prompt: `a fox, ${rung} [[fault:${faults} prohibited-content*always]]`,
      allow,
      ...(size === undefined ? {} : { size }),
    });
    await ends(rig, id, expected);
  });

  it('in a batch', async () => {
    const rig = await started();
    const { id } = await rig.images.start({
      prompt: 'a fox in a batch [[fault:prohibited-content*always@batch]]',
      allow: ALL,
      urgency: 'batch',
    });
    const failed = await rig.images.result(id).catch((error: unknown) => error);
    expect(failed).toMatchObject({ branch: 'policy', failure: { cause: 'stop-branch', trail: [{ n: 1 }] } });
    expect(rig.emulator.calls().filter(({ generation }) => generation?.id === id)).toMatchObject([
      { method: 'batch.item' },
    ]);
  });

  it.each([
    {
      route: 'backup',
      move: 'route-out: main → backup: gemini-3-pro-image',
      prompt: 'a fox [[fault:model-404*always@key(main), prohibited-content*always]]',
    },
    {
      route: 'other',
      move: 'route-out: main → other: gpt-image-1',
      prompt: 'real execution footage of a fox [[fault:model-404*always@key(main)]]',
    },
  ])('on a route-out that a person approved, to $route', async ({ route, move, prompt }) => {
    const rig = await started();
    const { id } = await rig.images.start({ prompt });
    const { ask } = await asked(rig, id, { choice: `route-out ${route}` });
    await rig.images.decide(id, { ...BY, choice: 'route-out', route, evidence: ask.evidence });
    await ends(rig, id, { move, calls: 2 });
  });
});
