/**
 * A conversation read back from the store, as the activity reads it for a call: its artifact, each content, each
 * image, checked by their digests and put together as they are given to the transport.
 */
import { historyOf, readConversation } from '../../src/artifacts/conversation.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { imagesOf, oldestBeyond } from '../../src/domain/conversation.ts';
import { roomInline } from '../../src/domain/preflight.ts';
import type { Past } from '../../src/domain/request.ts';
import { MODEL, promptOf } from './request.ts';
import type { Stage } from './stage.ts';
import { TURN_DEADLINE_MS } from './stage.ts';

export interface Rebuilt {
  readonly turns: number;
  readonly images: number;
  /** Of all images, as they lie in the store. */
  readonly bytes: number;
  /** All of them inside the request. */
  readonly wholeMs: readonly number[];
  /** As a call sends it: what one request has no room for lies in the provider's file storage. */
  readonly sent: { readonly images: number; readonly ms: readonly number[] };
}

const REBUILT_TURNS = 30;
const REPEATS = 9;

export async function rebuild({ images, store }: Stage): Promise<Rebuilt> {
  const session = await images.session({ model: MODEL, size: '2K' });
  for (let n = 1; n <= REBUILT_TURNS; n += 1) {
    const turn = await session.edit({ turnId: `turn-${n}`, prompt: promptOf(n) });
    await turn.result({ waitMs: TURN_DEADLINE_MS });
  }
  const past = (await session.turns()).at(-1)?.done?.past;
  await session.close();
  if (past?.turns !== REBUILT_TURNS) throw new Error(`a conversation of ${past?.turns ?? 0} turns`);

  const all = imagesOf(await readConversation(store, past.sha256));
  const filed = new Set(oldestBeyond(all, roomInline(0, past)).map(({ sha256 }) => sha256));
  const whole = () => undefined;
  const asSent = (sha256: string) => (filed.has(sha256) ? `files/${sha256}` : undefined);
  const [wholeMs, sentMs]: [number[], number[]] = [[], []];
  for (let i = 0; i < REPEATS; i += 1) {
    wholeMs.push(await timed(store, past, whole));
    sentMs.push(await timed(store, past, asSent));
  }
  const inline = all.filter(({ sha256 }) => !filed.has(sha256)).length;
  const { turns, bytes } = past;
  return { turns, images: all.length, bytes, wholeMs, sent: { images: inline, ms: sentMs } };
}

async function timed(
  store: ArtifactStore,
  past: Past,
  fileOf: (sha256: string) => string | undefined,
): Promise<number> {
  const startedAt = performance.now();
  const history = await historyOf(store, await readConversation(store, past.sha256), fileOf);
  const took = performance.now() - startedAt;
  if (history.length !== 2 * past.turns) throw new Error(`${history.length} contents of ${past.turns} turns`);
  return took;
}
