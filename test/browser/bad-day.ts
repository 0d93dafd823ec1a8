/**
 * A bad day for the browser to look at: a leaked key that holds several generations, one that waits for a route-out,
 * dead letters of two causes, and a session with turns that delivered, were undone and failed; and the console over it.
 */
import type { RunningConsole } from '../../src/console/server.ts';
import { startConsole } from '../../src/console/server.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { GONE, KEYS, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';

/** Fails once; revived it is served. */
export const DIES_ONCE = '[[fault:invalid-request]]';

export interface BadDay {
  readonly rig: Rig;
  readonly console: RunningConsole;
  /** Behind the hold of the leaked key. */
  readonly held: readonly string[];
  /** Asks for a route-out, each by itself. */
  readonly asking: readonly string[];
  /** Three of `invalid-request` and one of `policy`, of which a turn of the session died as well. */
  readonly dead: readonly string[];
  readonly session: string;
  /** Nothing holds the main key any more once its hold is resumed. */
  repairKey(): void;
  close(): Promise<void>;
}

export async function startBadDay(): Promise<BadDay> {
  const server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
  const rig = await startOperatorRig({ server, emulator: { signatureChecks: true } });
  const { codePath } = await lentEntities();
  // Room for everything: a gauge to look at, and no call that waits for it.
  const budgets = [{ tenant: '*', usd: 1_000, period: 'month', timeZone: 'UTC' }] as const;
  await rig.worker({ ...twoRoutes(rig), quota: 'fleet', entityBundle: { codePath }, budgets });
  const { images } = rig;
  const start = async (prompts: readonly string[]): Promise<readonly string[]> =>
    (await Promise.all(prompts.map((prompt) => images.start({ prompt })))).map(({ id }) => id);

  const session = await playSession(rig);
  const invalid = await start([1, 2, 3].map((n) => `a heron in the reeds, number ${n} ${DIES_ONCE}`));
  const policy = await start(['a heron [[fault:prohibited-content]]']);
  const dead = [...invalid, ...policy];
  await Promise.all(dead.map((id) => errorOf(images.result(id))));
  const asking = await start([1, 2, 3, 4, 5, 6, 7].map((n) => `a lighthouse at dusk, number ${n} ${GONE}`));
  await eventually('route-outs that are asked for', async () => {
    const waiting = await images.list({ stuck: true });
    return asking.every((id) => waiting.some((each) => each.id === id && each.evidence !== undefined));
  });
  rig.emulator.addFaults({ action: 'key-leaked', match: { key: KEYS.main.slice(-4) } });
  const held = await start([1, 2, 3].map((n) => `a red fox in snow, number ${n}`));
  await eventually('one hold for all', async () => {
    const groups = await images.causes();
    return groups.some(({ hold, count }) => hold !== undefined && count >= held.length);
  });
  await eventually('the dead letters in the list', async () => (await images.deadCauses()).lookedAt === 5);
  const console = await startConsole({ images, port: 0, lookEveryMs: 250 });
  return {
    ...{ rig, console, held, asking, dead, session },
    repairKey: () => rig.emulator.clearFaults(),
    close: async () => {
      await console.close();
      await rig.close();
      await server.stop();
    },
  };
}

/** Its id: four turns, of which one failed and one is undone. */
async function playSession({ images }: Rig): Promise<string> {
  const session = await images.session({ id: 'fox', model: 'gemini-3-pro-image', size: '1K' });
  const turns = [
    ['hat', 'a red fox with a small blue hat, watercolor'],
    ['snow', 'let it snow'],
    ['night', 'now at night, with a full moon'],
  ] as const;
  for (const [turnId, prompt] of turns) await (await session.edit({ turnId, prompt })).result();
  await session.undo('night');
  const bad = await session.edit({ turnId: 'bad', prompt: 'a scene [[fault:prohibited-content]]' });
  await errorOf(bad.result());
  await eventually('the session in the list', async () =>
    (await images.sessions()).some(({ failed }) => failed === 1),
  );
  return session.id;
}
