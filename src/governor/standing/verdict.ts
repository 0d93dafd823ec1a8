/** What a verdict says of a route, apart from what its generation does: each question has one list. */
import type { RouteVerdict } from '../../contract/exchange.ts';
import type { Scope } from '../../contract/standing.ts';
import type { Branch } from '../../domain/branch.ts';
import { POLICIES } from '../../policies/index.ts';
import type { Place } from './scope.ts';
import { scopeOf } from './scope.ts';

export type Ended = Pick<RouteVerdict, 'branch' | 'reason'>;

/** The other side is overloaded or broken: the breaker counts these. */
const CAPACITY: readonly Branch[] = ['capacity', 'gateway-fault', 'internal', 'quota-unknown'];

/** 429s. */
const LIMITED: readonly Branch[] = [
  'quota-minute',
  'quota-day',
  'quota-zero',
  'quota-unknown',
  'spend-window',
];

/** The model looked at the request: whatever it said of it, access, quota and capacity were there. */
const SERVED: readonly Branch[] = ['no-image', 'safety-prompt', 'safety-image', 'policy'];

/** No word of the provider's on the credential. */
const UNANSWERED: readonly Branch[] = [
  'network',
  'timeout',
  'interrupted',
  'cancelled',
  'gateway-fault',
  'gateway-denial',
  'unknown',
];

/** Of branches with a hold, the reasons that concern one request, or only ask to wait. */
const NO_HOLD: readonly string[] = ['throttled', 'body-limit'];

export function isCapacity(branch: Branch): boolean {
  return CAPACITY.includes(branch);
}

export function isLimited(branch: Branch): boolean {
  return LIMITED.includes(branch);
}

/** What is kept of failures: the rest says nothing of a route. */
export function isCounted(branch: Branch): boolean {
  return isCapacity(branch) || isLimited(branch);
}

/** A cause that a person must fix, and that everyone on the scope shares. */
export function opensHold({ branch, reason }: Ended): boolean {
  return POLICIES[branch].hold !== undefined && !NO_HOLD.includes(reason);
}

export function holdScope(branch: Branch, place: Place): Scope | undefined {
  const kind = POLICIES[branch].hold;
  return kind === undefined ? undefined : scopeOf(kind, place);
}

/** The provider has accepted the credential. */
export function provesCredential(branch: Branch | undefined): boolean {
  return branch === undefined || !(branch === 'permission' || UNANSWERED.includes(branch));
}

/** `well`: what was tried works again. `cause`: it does not. `other`: the call says nothing of it. */
export type Worth = 'well' | 'cause' | 'other';

export function worth(verdict: Ended | undefined, isCause: (ended: Ended) => boolean): Worth {
  if (verdict === undefined || SERVED.includes(verdict.branch)) return 'well';
  return isCause(verdict) ? 'cause' : 'other';
}
