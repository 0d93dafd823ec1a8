/**
 * A turn against a bare generation, taking turns: edit to result, and start to result. The conversation is as
 * long before each turn, because the one before is undone; its picture is drawn once, as are the others.
 */
import { readConversation } from '../../src/artifacts/conversation.ts';
import { imagesOf } from '../../src/domain/conversation.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { median } from '../statistics.ts';
import { PROMPT, promptOf } from './request.ts';
import type { Stage } from './stage.ts';
import { TURN_DEADLINE_MS } from './stage.ts';

/** `same`: with all images of the conversation as inputs; `last`: only with the one that the turn changes. */
export type Side = 'turn' | 'same' | 'last';
const SIDES: readonly Side[] = ['turn', 'same', 'last'];

export interface TurnCost {
  /** Medians of the rounds, in milliseconds. */
  readonly ms: Readonly<Record<Side, readonly number[]>>;
  readonly conversation: { readonly turns: number; readonly images: number; readonly bytes: number };
}

/** Draws no drafts: a conversation has an image a turn, and a bare request takes as many. */
const MODEL = 'gemini-nano-banana-2.1';
const TURNS_BEFORE = 12;
/** Per round and side. */
const ONE_AFTER_ANOTHER = 8;
const WARM_UP = 2;

export async function turnCost({ images, store }: Stage, rounds: number): Promise<TurnCost> {
  const session = await images.session({ model: MODEL, size: '1K' });
  for (let n = 1; n <= TURNS_BEFORE; n += 1) {
    const turn = await session.edit({ turnId: `before-${n}`, prompt: promptOf(n) });
    await turn.result({ waitMs: TURN_DEADLINE_MS });
  }
  const past = (await session.turns()).at(-1)?.done?.past;
  if (past === undefined) throw new Error('the conversation has no turn to go on from');
  const sent = imagesOf(await readConversation(store, past.sha256));

  const bare = async (given: GenerateRequest['inputs']): Promise<void> => {
    const request = { model: MODEL, size: '1K', prompt: PROMPT, inputs: given } as const;
    await images.generate(request, { waitMs: TURN_DEADLINE_MS });
  };
  let n = 0;
  const once: Readonly<Record<Side, () => Promise<void>>> = {
    turn: async () => {
      n += 1;
      const turn = await session.edit({ turnId: `turn-${n}`, prompt: PROMPT });
      await turn.result({ waitMs: TURN_DEADLINE_MS });
    },
    same: () => bare(sent.map(({ sha256 }) => ({ artifact: sha256 }))),
    last: () => bare([{ artifact: past.image.sha256 }]),
  };
  const timed = async (side: Side): Promise<number> => {
    const startedAt = performance.now();
    await once[side]();
    const took = performance.now() - startedAt;
    if (side === 'turn') await session.undo();
    return took;
  };

  for (const side of SIDES) for (let i = 0; i < WARM_UP; i += 1) await timed(side);
  const ms: Record<Side, number[]> = { turn: [], same: [], last: [] };
  for (let round = 0; round < rounds; round += 1) {
    const took: Record<Side, number[]> = { turn: [], same: [], last: [] };
    // One of each in a row, so that all meet the same machine; who begins changes.
    for (let i = 0; i < ONE_AFTER_ANOTHER; i += 1) {
      for (const side of (round + i) % 2 === 0 ? SIDES : SIDES.toReversed())
        took[side].push(await timed(side));
    }
    for (const side of SIDES) ms[side].push(median(took[side]));
  }
  await session.close();
  return {
    ms,
    conversation: { turns: past.turns, images: sent.length, bytes: past.bytes },
  };
}
