/**
 * What the pictures show: pictures that were delivered, a session of five turns, dead letters of three causes, a question
 * for a person, and last a leaked key that holds what comes after it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerateRequest } from '../../src/schema/request.ts';
import type { FaultRuleInput } from '../../src/emulator/faults/rule.ts';
import type { Stage } from '../demo/stage.ts';

export interface Scenes {
  readonly session: string;
  /** Waits for a person, with something that may be decided. */
  readonly asking: string;
  /** Delivered after a remedy. */
  readonly delivered: string;
}

const DELIVERED = [
  'a lighthouse in a storm, oil on canvas',
  'three owls on a telephone wire at dawn, woodcut',
].map(asked);
const DEAD = [
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => `a catalogue picture of chair ${n}, studio light`),
  ...[1, 2].map((n) => `a poster for the play, draft ${n}`),
].map(asked);
const ASKING = [
  'a ferry that waits at the pier, gouache',
  'a ferry at night, with all its lights on',
  'a ferry in the first snow, linocut',
].map(asked);
const LEAK = asked('a bunch of keys on a bench in the rain');
const BEHIND = [
  'a queue of penguins before a closed door, gouache',
  'sheep at a railway barrier, woodcut',
  'parcels on a conveyor belt that stands still, isometric',
  'a gondola at the foot of a mountain in fog, poster',
  'five kites on the ground before the wind, watercolor',
].map(asked);
/** One picture, turn by turn. */
const TURNS = [
  ['shop', 'a small bakery at dawn, sign “FRESH BRAED”, gouache'],
  ['cat', 'a cat on the window sill'],
  ['flour', 'flour in the air'],
  ['sign', 'the sign says “FRESH BREAD”, nothing else changes'],
  ['queue', 'a queue before the door'],
] as const;
const OTHERS = [
  ['spring-poster', 'a poster for the spring sale, tulips in a row'],
  ['bottle', 'a green bottle on a beach, morning light'],
  ['mascot', 'a badger with a scarf, three-quarter view'],
] as const;

/** Found in the prompt, so that the pictures show prompts as people write them. */
const FAULTS: readonly FaultRuleInput[] = [
  { action: 'capacity', match: { prompt: 'three owls' }, times: 2 },
  { action: 'invalid-request', match: { prompt: 'a catalogue picture' } },
  { action: 'prohibited-content', match: { prompt: 'a poster for the play' } },
  { action: 'signature-corrupted', match: { prompt: 'flour in the air' }, times: 1 },
  { action: 'model-404', match: { prompt: 'a ferry', key: 'main' } },
  { action: 'key-leaked', match: { prompt: 'a bunch of keys', key: 'main' } },
];

function asked(prompt: string): GenerateRequest {
  return { prompt, size: '1K' };
}

const WAIT_MS = 120_000;

export async function stageBadDay({ images, emulator }: Stage): Promise<Scenes> {
  emulator.addFaults(...FAULTS);
  for (const [id, prompt] of OTHERS) {
    const other = await images.session({ id, model: 'gemini-3-pro-image', size: '1K' });
    await (await other.edit({ turnId: 'first', prompt })).result({ waitMs: WAIT_MS });
  }
  const session = await images.session({ id: 'bakery', model: 'gemini-3-pro-image', size: '1K' });
  for (const [turnId, prompt] of TURNS)
    await (await session.edit({ turnId, prompt })).result({ waitMs: WAIT_MS });
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
