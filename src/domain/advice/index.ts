/**
 * The table of advice: one row for each rule, in the order of `ADVICE_RULE`. Pure and total: any string
 * has its advice, mostly none.
 */
import type { Advice, AdviceRequest, AdviceRule } from './advice.ts';
import { ADVICE_RULE } from './advice.ts';
import { personAndDress } from './dress-rule.ts';
import { editRegenerates } from './edit-rule.ts';
import { ratioUnset, sizeUnset } from './format-rules.ts';
import { namedStyleOrIp } from './names-rule.ts';
import { negation } from './negation.ts';
import type { Reading } from './reading.ts';
import { readingOf } from './reading.ts';
import { preciseRelations } from './relations.ts';
import { manySubjects } from './subjects.ts';
import { longText, textNotUpper, textWithoutPlacement } from './text-rules.ts';
import { vague } from './vague-rule.ts';

export type { Advice, AdviceRequest, AdviceRule } from './advice.ts';
export { ADVICE_RULE } from './advice.ts';

/** The message, where the rule has something to say. */
type Row = (reading: Reading) => string | undefined;

const TABLE: Readonly<Record<AdviceRule, Row>> = {
  'long-text': longText,
  'text-not-upper': textNotUpper,
  'text-without-placement': textWithoutPlacement,
  'many-subjects': manySubjects,
  'precise-relations': preciseRelations,
  negation,
  'named-style-or-ip': namedStyleOrIp,
  'person-and-dress': personAndDress,
  vague,
  'size-unset': sizeUnset,
  'ratio-unset': ratioUnset,
  'edit-regenerates': editRegenerates,
};

export function advise(request: AdviceRequest): readonly Advice[] {
  const reading = readingOf(request);
  return Object.values(ADVICE_RULE).flatMap((rule) => {
    const message = TABLE[rule](reading);
    return message === undefined ? [] : [{ rule, message }];
  });
}
