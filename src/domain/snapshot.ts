/**
 * Every number and name that a generation's decisions depend on, recorded in history by its first
 * activity (I8): a new release, a changed configuration or another worker cannot alter the course
 * of a generation that is under way.
 */
import type { Branch } from './branch.ts';
import type { ServiceTier } from './path.ts';
import type { Size } from './request.ts';

/** The numbers of one branch's policy; what they do is in `src/policies/<branch>.ts`. */
export interface PolicyNumbers {
  /** Same-path attempts in a row that prove the branch. */
  readonly proof: number;
  /** Same-path retests a generation may spend on this branch. */
  readonly retests: number;
  /** Fewer, once a call may have been billed (I13). */
  readonly retestsIfBilled?: number;
  /** First computed delay in ms, its growth factor and its cap. */
  readonly baseMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** Jitter as a share of the computed delay: 0.2 is ±20 %. */
  readonly jitter: number;
  /** Interval range of the queue after proof, where the branch queues. */
  readonly queueMs?: readonly [number, number];
}

export type RungKind = 'asked' | 'tier' | 'fallback' | 'endpoint' | 'route-out';

/** One step of the ladder: a route that this generation may use, and why it may. */
export interface Rung {
  readonly route: string;
  readonly model: string;
  readonly tier: ServiceTier;
  /** `route-out`: not allowed beforehand; reached only by an operator's approval (I4). */
  readonly kind: RungKind;
  /** Sizes this rung may deliver for this request, largest first; the first one is used. */
  readonly sizes: readonly Size[];
  /** Worst price of one call at each of `sizes`, USD. */
  readonly worstUsd: readonly number[];
  /** The inputs are too large for one request here: they go as files. */
  readonly upload?: true;
  /** The conversation was signed elsewhere: it begins anew here, with its last image (I9). */
  readonly reseeds?: true;
  /** What is lost or different there, one thing each, in words for people; absent where nothing is. */
  readonly changes?: readonly string[];
  /** So many of the conversation's oldest images are left out here: it has grown too long for the model. */
  readonly without?: number;
  /** Its batches are taken, at this factor on the price; absent where they are not, or not by this worker. */
  readonly batch?: number;
  /** Set when `fallBack` found that this worker cannot serve the rung after all. */
  readonly closed?: true;
}

/** What this generation may do beside retesting, waiting and climbing the ladder. */
export interface Permits {
  /** Scale the inputs down: allowed, and there are some. */
  readonly smallerInputs?: true;
  /** Leave for an allowed endpoint also where the provider is at fault, not a gateway. */
  readonly endpoints?: true;
  /** Ask another allowed model where a gateway broke so often that nothing repeats the path by itself (I13). */
  readonly pastGateways?: true;
  /** Try the caller's looser safety settings once. */
  readonly looserSafety?: true;
  readonly simplify?: true;
  /** `ask`: the rewritten prompt is sent once a person approved it. */
  readonly rewrite?: 'ask' | 'auto';
  /** Into the batch lane: `at-once`, or once its day is over or a large image keeps timing out. */
  readonly batch?: 'at-once' | 'demoted';
  /** It goes on with a conversation: a refused signature is mended. */
  readonly history?: true;
  /** A person is asked when nothing else is left (`routeOut: 'ask'`). */
  readonly ask?: true;
  /** While a person is asked it looks whether the route is free again, and uses an operator's grants. */
  readonly looks?: true;
}

/** The model that rewrites and simplifies, on the worker's first route. */
export interface TextModel {
  readonly route: string;
  readonly model: string;
  /** Worst price of one such call, USD. */
  readonly worstUsd: number;
}

export interface PolicySnapshot {
  /** 2: has remedies, asks people, and leaves a record of its death in the store. */
  readonly version: 1 | 2;
  readonly requestDigest: string;
  readonly deadlineAt: number;
  /** Multiplies computed delays only; never hints, deadlines or calendar resets. 1 in production. */
  readonly timeScale: number;
  readonly maxAttempts: number;
  readonly maxPaidCalls: number;
  readonly maxCostUsd?: number;
  readonly callTimeoutMs: number;
  readonly maxCallTimeoutMs: number;
  readonly imageOnly: boolean;
  /** Search attributes that the namespace has; setting another would fail the workflow task for ever. */
  readonly searchAttributes?: readonly string[];
  readonly permits?: Permits;
  readonly text?: TextModel;
  /** The first rung is what was asked. */
  readonly rungs: readonly Rung[];
  readonly policies: { readonly [B in Branch]?: PolicyNumbers };
}
