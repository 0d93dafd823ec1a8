/**
 * What the pictures show: pictures that were delivered, a session of five turns, dead letters of three causes, a question
 * for a person, and last a leaked key that holds what comes after it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { TURNS } from '../demo/scenarios/edit-session.ts';
import type { Stage } from '../demo/stage.ts';

export interface Scenes {
  readonly session: string;
  /** Waits for a person, with something that may be decided. */
  readonly asking: string;
  /** Delivered after a remedy. */
  readonly delivered: string;
}

const DELIVERED: readonly GenerateRequest[] = [
  { prompt: 'a lighthouse in a storm, oil on canvas' },
  { prompt: 'three owls on a telephone wire at dawn, woodcut [[fault:capacity*2]]' },
];
const DEAD: readonly GenerateRequest[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({
    prompt: `a catalogue picture of chair ${n}, studio light [[fault:invalid-request*always]]`,
  })),
  ...[1, 2].map((n) => ({ prompt: `a poster for the play, draft ${n} [[fault:prohibited-content*always]]` })),
];
const ASKING: readonly GenerateRequest[] = [
  'a ferry that waits at the pier, gouache',
  'an empty plinth in a museum at dusk',
  'a shop with its shutters down, linocut',
].map((prompt) => ({ prompt: `${prompt} [[fault:model-404*always@key(main)]]` }));
const LEAK: GenerateRequest = {
  prompt: 'a bunch of keys on a bench in the rain [[fault:key-leaked@key(main)]]',
};
const BEHIND: readonly GenerateRequest[] = [
  'a queue of penguins before a closed door, gouache',
  'sheep at a railway barrier, woodcut',
  'parcels on a conveyor belt that stands still, isometric',
  'a gondola at the foot of a mountain in fog, poster',
  'five kites on the ground before the wind, watercolor',
].map((prompt) => ({ prompt }));

const WAIT_MS = 120_000;

export async function stageBadDay({ images }: Stage): Promise<Scenes> {
  const session = await images.session({ id: 'bakery', model: 'gemini-3-pro-image', size: '1K' });
  for (const { turnId, draft } of TURNS)
    await (await session.edit({ turnId, ...draft })).result({ waitMs: WAIT_MS });
  const started = async (requests: readonly GenerateRequest[]): Promise<readonly string[]> =>
    (await Promise.all(requests.map((request) => images.start(request)))).map(({ id }) => id);
  const delivered = await started(DELIVERED);
  for (const id of delivered) await images.result(id, { waitMs: WAIT_MS });
  for (const id of await started(DEAD)) await images.result(id, { waitMs: WAIT_MS }).catch(() => undefined);
  const asking = await started(ASKING);
  await until('questions', async () => (await waiting()) >= ASKING.length);
  await images.start(LEAK);
  await until('the hold', async () => (await waiting()) > ASKING.length);
  await started(BEHIND);
  await until('what is behind it', async () => (await waiting()) > ASKING.length + BEHIND.length);
  return { session: session.id, asking: asking[0] as string, delivered: delivered[1] as string };

  async function waiting(): Promise<number> {
    return (await images.causes()).reduce((sum, { count }) => sum + count, 0);
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(250)) if (await isSo()) return;
  throw new Error(`${what}: not seen within ${WAIT_MS / 1_000} s`);
}
