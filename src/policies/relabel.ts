/** The same evidence under another reason, with that reason's own facts. */
import type { Branch } from '../domain/branch.ts';
import type { Classification } from '../domain/classification.ts';
import { finding } from '../domain/finding.ts';
import type { ReasonOf } from '../domain/reason.ts';

export function relabel<B extends Branch>(
  classification: Classification,
  branch: B,
  reason: ReasonOf<B>,
): Classification {
  return finding(branch, reason, classification);
}
