/** All advice, in the order in which it is read: what costs waiting, what costs money, what costs trust. */
import { batchAdvice } from './batch.ts';
import { cheaperModel } from './cheaper-model.ts';
import type { Finding, Given } from './finding.ts';
import { otherProvider } from './other-provider.ts';
import { quietHours } from './quiet-hours.ts';
import { tierUpgrade } from './tier-upgrade.ts';

export function findingsOf(given: Given): readonly Finding[] {
  return [
    tierUpgrade(given),
    batchAdvice(given),
    quietHours(given),
    otherProvider(given),
    cheaperModel(given),
  ];
}
