/**
 * Fills a validated request's defaults in, once, into a total type. Pure, so that a client, the CLI
 * and a caller's own workflow mean the same by the same words. Design section 5, "What a request
 * allows".
 */
import type { ConversationRef } from './request.ts';
import type {
  GenerationRequest,
  InputSource,
  Modality,
  Permissions,
  Quality,
  SafetySetting,
  Size,
  Thinking,
  Urgency,
  When,
} from './request.ts';
import {
  ALLOW_AVAILABLE,
  ALLOW_EXACT,
  DEFAULT_CALL_TIMEOUT_4K_MS,
  DEFAULT_CALL_TIMEOUT_MS,
  DEFAULT_DEADLINE_MS,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_MAX_PAID_CALLS,
  MODALITIES,
} from './request.ts';
import type { ServiceTier } from './path.ts';

/** What may be changed beforehand; absent fields allow nothing. */
export interface AllowDraft {
  readonly models?: 'chain' | readonly string[] | undefined;
  readonly tiers?: readonly ServiceTier[] | undefined;
  readonly endpoints?: readonly string[] | undefined;
  readonly sizes?: 'smaller' | readonly Size[] | undefined;
  readonly inputs?: boolean | undefined;
  readonly simplify?: boolean | undefined;
  readonly rewrite?: 'never' | 'ask' | 'auto' | undefined;
  readonly safetySettings?: readonly SafetySetting[] | undefined;
  readonly batch?: boolean | undefined;
}

export interface RequestDraft {
  readonly prompt: GenerationRequest['prompt'];
  readonly inputs?: readonly InputSource[] | undefined;
  readonly model?: string | undefined;
  readonly quality?: Quality | undefined;
  readonly size?: Size | undefined;
  readonly aspectRatio?: string | undefined;
  readonly modalities?: readonly Modality[] | undefined;
  readonly thinking?: { readonly [K in keyof Thinking]: Thinking[K] | undefined } | undefined;
  readonly safetySettings?: readonly SafetySetting[] | undefined;
  readonly systemInstruction?: string | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly allow?: 'exact' | 'available' | AllowDraft | undefined;
  readonly routeOut?: 'ask' | 'never' | undefined;
  readonly urgency?: Urgency | undefined;
  readonly when?: When | undefined;
  readonly deadlineMs?: number | undefined;
  readonly callTimeoutMs?: number | undefined;
  readonly maxPaidCalls?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly maxCostUsd?: number | undefined;
  readonly tenant?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly hidePrompt?: boolean | undefined;
  readonly conversation?: ConversationRef | undefined;
}

function resolveAllow(allow: RequestDraft['allow']): Permissions {
  if (allow === undefined || allow === 'exact') return ALLOW_EXACT;
  if (allow === 'available') return ALLOW_AVAILABLE;
  return { ...ALLOW_EXACT, ...defined(allow) };
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export function resolveRequest(draft: RequestDraft): GenerationRequest {
  const { allow, when, ...given } = draft;
  const urgency = given.urgency ?? 'standard';
  return {
    inputs: [],
    modalities: MODALITIES,
    routeOut: 'ask',
    urgency,
    deadlineMs: DEFAULT_DEADLINE_MS[urgency],
    callTimeoutMs: given.size === '4K' ? DEFAULT_CALL_TIMEOUT_4K_MS : DEFAULT_CALL_TIMEOUT_MS,
    maxPaidCalls: DEFAULT_MAX_PAID_CALLS,
    maxAttempts: DEFAULT_MAX_ATTEMPTS,
    tags: [],
    hidePrompt: false,
    ...defined(given),
    // `now` is what it is without a word: the same request, the same digest (I11).
    ...(when === 'quiet' ? { when } : {}),
    allow: resolveAllow(allow),
  } as GenerationRequest;
}
