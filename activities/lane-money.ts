/**
 * Money of a batch lane. A batch takes days, a process's reservation ends with the process: so what an item may
 * cost is booked in its tenant's budget when it enters the lane, as awaited, and is held there whoever dies, until
 * its answer says what it came to or it leaves before a job has it (docs/decisions/0053).
 */
import { Context } from '@temporalio/activity';
import type { EnterLaneInput, LeaveLaneInput } from '../src/contract/lane.ts';
import type { ActivityDeps } from './deps.ts';
import { notYet } from './failures.ts';
import { billKey } from './price.ts';

/** From the reservation to its booking: as good as at once. */
const BOOKED_WITHIN_MS = 60_000;

/**
 * Before its entry is written down, so that nobody hands over what is not held. Once for each entry, however often it
 * is run. Throws `gemini.wait` where its tenant's budget has not so much left.
 */
export async function reserveForLane(
  { wallet }: ActivityDeps,
  { generationId, n, entry, startedAt, request }: EnterLaneInput,
  usd: number,
  signal: AbortSignal,
): Promise<void> {
  const whose = of(request);
  const key = billKey({ generationId, n, entry });
  const waitedMs = Date.now() - startedAt;
  const asked = { key, usd, callTimeoutMs: BOOKED_WITHIN_MS, waitedMs, ...whose };
  const money = await wallet.reserve(asked, { signal });
  if (money.kind === 'wait') {
    // A run before this one may have booked it and died: this entry ends here, and another one follows.
    if (Context.current().info.attempt > 1) await wallet.settle({ ...nothing(key), ...whose });
    throw notYet(money);
  }
  try {
    await wallet.settle({ ...nothing(key), awaitedUsd: usd, ...whose });
  } catch (error) {
    money.release();
    throw error;
  }
}

/** It has left before a job had it: nothing will be sent. */
export async function giveBackFromLane(
  { wallet }: ActivityDeps,
  { generation: generationId, n, entry, tenant }: LeaveLaneInput,
): Promise<void> {
  await wallet.settle({ ...nothing(billKey({ generationId, n, entry })), ...of({ tenant }) });
}

function nothing(key: string) {
  return { key, sureUsd: 0, possibleUsd: 0, sentAt: Date.now() };
}

function of({ tenant }: { readonly tenant?: string | undefined }): { readonly tenant?: string } {
  return tenant === undefined ? {} : { tenant };
}
