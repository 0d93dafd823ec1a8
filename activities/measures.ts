/** What only the process that calls knows of a call, told where its worker's metrics go. */
import { Context } from '@temporalio/activity';
import { count } from '../src/contract/measure.ts';
import type { Route } from '../src/domain/path.ts';
import type { StoredOutcome } from './attempt-records.ts';

/**
 * What became of a slot. `granted`: to a call; and then one of: `sent`; `limited`: sent, and answered 429;
 * `unused`: nothing was sent; `expired`: its time passed while the fence was being closed.
 */
type SlotEvent = 'granted' | 'sent' | 'limited' | 'unused' | 'expired';

export function tellSlot(event: SlotEvent, { model }: Pick<Route, 'model'>): void {
  count(Context.current().metricMeter, 'slots', { event, model });
}

export function tellStoreAway(): void {
  count(Context.current().metricMeter, 'storeFailures', {});
}

/** By the run that called, whose answer it is. */
export function tellStored(outcome: StoredOutcome): void {
  if (outcome.kind === 'answer')
    count(Context.current().metricMeter, 'artifactBytes', { kind: 'raw' }, outcome.raw.bytes);
}
