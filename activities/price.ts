/** What a call may cost at most, and how a wallet is asked for it. */
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Cost, Variation } from '../src/domain/attempt.ts';
import type { ModelEntry } from '../src/domain/catalogue.ts';
import { pastOn } from '../src/domain/conversation.ts';
import { estimateTokens, worstPriceUsd } from '../src/domain/cost.ts';
import type { Rung } from '../src/domain/snapshot.ts';
import type { Format } from './attempt-path.ts';
import { sentInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { entryOf } from './model-entry.ts';
import { routeOf, rungOf } from './prepare-call.ts';

/** Of an image call that is about to be made, or was; 0 where the catalogue does not know the model any more. */
export function worstUsdOf(
  deps: ActivityDeps,
  input: GenerateInput,
  { model, tier, size }: Pick<Format, 'model' | 'tier' | 'size'>,
  countedTokens = 0,
): number {
  const entry = entryOf(deps, routeOf(deps, rungOf(input)), model);
  if (entry === undefined) return 0;
  const prompt = input.variation.prompt ?? input.request.prompt;
  const characters = typeof prompt === 'string' ? prompt.length : prompt.bytes;
  const past = pastOn(input.request.conversation, rungOf(input), input.variation);
  const estimate = estimateTokens(characters, sentInputs(input).length) + (past?.tokens ?? 0);
  const promptTokens = Math.max(countedTokens, estimate);
  const usd = worstPriceUsd(entry, { tier, promptTokens, ...(size === undefined ? {} : { size }) });
  return usd * batchFactor(entry, input.variation);
}

export function batchFactor({ price }: ModelEntry, { batch }: Pick<Variation, 'batch'>): number {
  return batch === true ? price.batchFactor : 1;
}

/** As the snapshot has it, before anything is loaded. */
export function worstUsdAt(
  { sizes, worstUsd, batch: factor = 1 }: Rung,
  { size, batch }: Pick<Variation, 'size'> & { readonly batch?: boolean },
): number {
  const i = size === undefined ? 0 : sizes.indexOf(size);
  return (worstUsd[i] ?? Math.max(0, ...worstUsd)) * (batch === true ? factor : 1);
}

/** Once, however often it is told. Rejects where it is not safe yet; then the activity is run again. */
export async function bookCost(
  { wallet }: ActivityDeps,
  input: Pick<GenerateInput, 'generationId' | 'n' | 'request' | 'entry'>,
  { sureUsd, possibleUsd }: Cost,
  sentAt: number,
): Promise<void> {
  const { tenant } = input.request;
  await wallet.settle({
    key: billKey(input),
    sureUsd,
    possibleUsd,
    sentAt,
    ...(tenant === undefined ? {} : { tenant }),
  });
}

/** `<generation>/<n>`: how a call is known to the provider, to the wallet, and to a second run of it. */
export function callKey({ generationId, n }: Pick<GenerateInput, 'generationId' | 'n'>): string {
  return `${generationId}/${n}`;
}

/**
 * Under which name a call is booked. One of a batch has another for each of its entries into the lane: what was
 * reserved for an entry that left is given back, and the same call may still be made live.
 */
export function billKey(call: Pick<GenerateInput, 'generationId' | 'n' | 'entry'>): string {
  return call.entry === undefined ? callKey(call) : `${callKey(call)}/batch/${call.entry}`;
}
