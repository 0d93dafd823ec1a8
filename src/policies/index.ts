/** Every branch's policy, exhaustive by type: a branch without one does not compile. */
import type { Branch } from '../domain/branch.ts';
import { BRANCHES } from '../domain/branch.ts';
import type { PolicyNumbers } from '../domain/snapshot.ts';
import { billing } from './billing.ts';
import { cancelled } from './cancelled.ts';
import { capacity } from './capacity.ts';
import { file } from './file.ts';
import { gatewayDenial } from './gateway-denial.ts';
import { gatewayFault } from './gateway-fault.ts';
import { internal } from './internal.ts';
import { interrupted } from './interrupted.ts';
import { invalidRequest } from './invalid-request.ts';
import { modelGone } from './model-gone.ts';
import { network } from './network.ts';
import { noImage } from './no-image.ts';
import { permission } from './permission.ts';
import type { BranchPolicy } from './policy.ts';
import { policyVerdict } from './policy-verdict.ts';
import { quotaDay } from './quota-day.ts';
import { quotaMinute } from './quota-minute.ts';
import { quotaStorage } from './quota-storage.ts';
import { quotaUnknown } from './quota-unknown.ts';
import { quotaZero } from './quota-zero.ts';
import { region } from './region.ts';
import { safetyImage } from './safety-image.ts';
import { safetyPrompt } from './safety-prompt.ts';
import { signature } from './signature.ts';
import { spendWindow } from './spend-window.ts';
import { timeout } from './timeout.ts';
import { unknown } from './unknown.ts';

export const POLICIES: Readonly<Record<Branch, BranchPolicy>> = {
  'quota-minute': quotaMinute,
  'quota-day': quotaDay,
  'quota-zero': quotaZero,
  'spend-window': spendWindow,
  billing,
  'quota-storage': quotaStorage,
  'quota-unknown': quotaUnknown,
  capacity,
  internal,
  'gateway-fault': gatewayFault,
  timeout,
  network,
  interrupted,
  'no-image': noImage,
  'safety-prompt': safetyPrompt,
  'safety-image': safetyImage,
  policy: policyVerdict,
  permission,
  region,
  'gateway-denial': gatewayDenial,
  'invalid-request': invalidRequest,
  signature,
  file,
  'model-gone': modelGone,
  cancelled,
  unknown,
};

/** The numbers of this release; a snapshot carries them so that history decides, not the release. */
export function defaultNumbers(): Readonly<Record<Branch, PolicyNumbers>> {
  return Object.fromEntries(BRANCHES.map((branch) => [branch, POLICIES[branch].numbers])) as Record<
    Branch,
    PolicyNumbers
  >;
}
