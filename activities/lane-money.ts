/**
 * Money of a batch lane. A batch takes days, a process's reservation ends with the process: so what an item may
 * cost is booked in its tenant's budget when it enters the lane, as awaited, and is held there whoever dies, until
 * its answer says what it came to or it leaves before a job has it (docs/decisions/0053).
 */
import { Context } from '@temporalio/activity';
import type { EnterLaneInput, LaneItem } from '../src/contract/lane.ts';
import type { ActivityDeps } from './deps.ts';
import { notYet } from './failures.ts';
import type { Entered, ItemRecords } from './lane-records.ts';
import { billKey } from './price.ts';

/** From the reservation to its booking: as good as at once. */
const BOOKED_WITHIN_MS = 60_000;

type Money = Pick<Entered, 'tenant' | 'usd'>;

/** Once for each entry. Throws `gemini.wait` where its tenant's budget has not so much left. */
export async function reserveForLane(
  { wallet }: ActivityDeps,
  { generationId, n, entry, startedAt }: EnterLaneInput,
  { tenant, usd = 0 }: Money,
  records: ItemRecords,
  signal: AbortSignal,
): Promise<void> {
  if (usd === 0 || (await records.isReserved())) return;
  const whose = tenant === undefined ? {} : { tenant };
  const key = billKey({ generationId, n, entry });
  const waitedMs = Date.now() - startedAt;
  const asked = { key, usd, callTimeoutMs: BOOKED_WITHIN_MS, waitedMs, ...whose };
  const money = await wallet.reserve(asked, { signal });
  if (money.kind === 'wait') {
    // A run before this one may have booked it and died: this entry ends here, and another one follows.
    if (Context.current().info.attempt > 1) await giveBackOf(wallet, key, whose);
    throw notYet(money);
  }
  try {
    await wallet.settle({ key, sureUsd: 0, possibleUsd: 0, awaitedUsd: usd, sentAt: Date.now(), ...whose });
  } catch (error) {
    money.release();
    throw error;
  }
  await records.keepReserved();
}

/** It has left before a job had it: nothing will be sent. */
export async function giveBackFromLane(
  { wallet }: ActivityDeps,
  { generation: generationId, n, entry }: LaneItem,
  { tenant, usd = 0 }: Money,
): Promise<void> {
  if (usd === 0) return;
  await giveBackOf(wallet, billKey({ generationId, n, entry }), tenant === undefined ? {} : { tenant });
}

async function giveBackOf(
  wallet: ActivityDeps['wallet'],
  key: string,
  whose: { readonly tenant?: string },
): Promise<void> {
  await wallet.settle({ key, sureUsd: 0, possibleUsd: 0, sentAt: Date.now(), ...whose });
}
