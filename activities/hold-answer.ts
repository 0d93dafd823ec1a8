/**
 * Keeps an answer until it is stored, however long that takes (I2). A full or read-only store must
 * not cost a paid image: the bytes stay in this process, storing is retried while the worker lives,
 * and the heartbeat says so (`describe` shows phase `storing`).
 */
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { HeartbeatDetails } from './heartbeat.ts';
import { tellStoreAway } from './measures.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export async function whileStoreIsAway<T>(
  store: () => Promise<T>,
  n: number,
  tell: (details: HeartbeatDetails) => void,
): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    try {
      return await store();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      tellStoreAway();
      tell({ phase: 'storing', n, why: error.message.slice(0, 300) });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
