/**
 * Two scenes around the provider's file storage, one after the other: a file is forgotten between two
 * calls, and what the first generation left there fills the storage for the second.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { InputImages } from './input-images.ts';
import { play, start, tellEnd } from './play.ts';
import { EXPIRED, STORAGE_FULL } from './scenarios/files.ts';
import type { Show } from './show.ts';

const CALL_DEADLINE_MS = 30_000;

export async function playFiles(show: Show, inputs: InputImages): Promise<void> {
  const { stage, teller } = show;
  teller.heading('Inputs too large for a request');
  const expired = EXPIRED(inputs);
  const handle = await start(show, expired);
  await firstAnswer(show, handle.id);
  stage.emulator.expireFiles();
  teller.says(expired, 'uploaded, and 503; while it backs off the two days of its file are over');
  await tellEnd(show, expired, handle);
  stage.emulator.expireFiles();
  await play(show, STORAGE_FULL(inputs));
}

async function firstAnswer({ stage }: Show, id: string): Promise<void> {
  for (const until = Date.now() + CALL_DEADLINE_MS; Date.now() < until; await sleep(50)) {
    if (stage.calls(id).some(({ delivered }) => delivered === 'whole')) return;
  }
  throw new Error(`no call was answered for ${id} within ${CALL_DEADLINE_MS / 1_000} s: see logs/`);
}
