/**
 * What a rung of the ladder takes from what was asked, in words for the person who approves it and for
 * whoever reads where a generation may go by itself: its price stands beside it. Pure.
 */
import type { ModelEntry } from './catalogue.ts';
import { isOtherProvider, lossesAt } from './other-provider.ts';
import type { Account, ServiceTier } from './path.ts';
import type { GenerationRequest, Size } from './request.ts';
import type { Rung } from './snapshot.ts';

export interface RungPlace {
  readonly account: Account | undefined;
  readonly entry: ModelEntry;
  readonly tier: ServiceTier;
  /** The size that is sent there first. */
  readonly size: Size;
}

const FLEX = 'flex tier: a call may wait for minutes, or be dropped under load';
const SIGNATURES = 'signatures are lost: the conversation begins anew with its last image';

/** One thing each; empty where it is the picture that was asked, for another price. */
export function changesOn(
  request: GenerationRequest,
  asked: ModelEntry,
  { account, entry, tier, size }: RungPlace,
  { reseeds, without = 0 }: Pick<Rung, 'reseeds' | 'without'>,
): readonly string[] {
  return [
    ...(isOtherProvider(account)
      ? [
          'another provider, with a picture quality and content rules of its own',
          ...lossesAt(entry, request, size),
        ]
      : geminiChanges(request, asked, entry, size)),
    ...(tier === 'flex' ? [FLEX] : []),
    ...(reseeds === true ? [SIGNATURES] : []),
    ...(without === 0 ? [] : [`the ${without} oldest images of the conversation are left out`]),
  ];
}

function geminiChanges(
  request: GenerationRequest,
  asked: ModelEntry,
  entry: ModelEntry,
  size: Size,
): readonly string[] {
  const wanted = request.size ?? asked.defaultSize;
  return [
    ...(entry.model === asked.model ? [] : [`the picture is made by ${entry.model}, not by ${asked.model}`]),
    ...(wanted === size ? [] : [`${wanted} becomes ${size}`]),
    ...(entry.outputMime === asked.outputMime ? [] : [`${entry.outputMime}, not ${asked.outputMime}`]),
  ];
}
