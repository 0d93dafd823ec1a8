/**
 * A rig whose worker has a second route that no request allows beforehand, and prompts whose first route
 * fails in a way that asks a person.
 */
import { onTestFinished } from 'vitest';
import type { StartWorkerOptions } from '../../src/worker/run.ts';
import type { Description } from '../../src/client/describe.ts';
import { UnknownGeneration } from '../../src/client/errors.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig, RigOptions } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

export const KEYS = { main: 'main-key-0123456789-main', backup: 'backup-key-0123456789-bkup' } as const;

/**
 * The main route's key is reported as leaked whenever it is used; the other route works. The first such
 * verdict holds the key: nothing else of that worker is called with it then.
 */
export const LEAKED = '[[fault:key-leaked*always@key(main)]]';

/** The main route's model is gone whenever it is used; the other route works, and nobody else is held. */
export const GONE = '[[fault:model-404*always@key(main)]]';

export const BY = { by: 'ann', why: 'the campaign starts tonight' } as const;

export async function startOperatorRig(options: RigOptions = {}): Promise<Rig> {
  const { emulator, ...rest } = options;
  return await startRig({ apiKey: KEYS.main, emulator: { keys: Object.values(KEYS), ...emulator }, ...rest });
}

export function twoRoutes({ emulator }: Rig): Partial<StartWorkerOptions> {
  const baseUrl = emulator.url;
  return {
    apiKey: undefined,
    baseUrl: undefined,
    routes: [
      { name: 'main', apiKey: KEYS.main, baseUrl, project: 'project-main' },
      { name: 'backup', apiKey: KEYS.backup, baseUrl, project: 'project-backup' },
    ],
  };
}

/** For one test, with a worker of its own: what opens a hold stops everything else there. */
export async function alone(more: Partial<StartWorkerOptions> = {}): Promise<Rig> {
  const rig = await startOperatorRig();
  onTestFinished(() => rig.close());
  await rig.worker({ ...twoRoutes(rig), ...more });
  return rig;
}

/** Resolves once it waits for a person who may decide `choice`, on evidence other than `not`. */
export async function asked(
  rig: Pick<Rig, 'images'>,
  id: string,
  { not, choice = 'reject' }: { readonly not?: string; readonly choice?: string } = {},
): Promise<Description & { readonly ask: NonNullable<Description['ask']> }> {
  return await eventually(`a question of ${id}`, async () => {
    const description = await rig.images.describe(id).catch(unlessUnknown);
    if (description === undefined) return undefined;
    const { ask, status, phase, why } = description;
    if (status !== 'running') throw new Error(`it ended: ${phase} ${why}`);
    // While it backs off, a question closes again by itself.
    const waits = phase === 'held' || phase === 'awaiting-operator';
    const isIt = waits && ask !== undefined && ask.evidence !== not && ask.choices.includes(choice);
    return isIt ? { ...description, ask } : undefined;
  });
}

/** A session's turn is a child, which begins a moment after its id is known. */
function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof UnknownGeneration)) throw error;
}
