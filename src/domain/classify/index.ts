/**
 * What a piece of evidence means: a table, total, pure, never throwing. It reads everything before
 * it decides; what it does not know is `unknown`, never a guess at success.
 *
 * Outcomes: `success` (an image that may be delivered), else a branch and reason with the rule that
 * matched, who can end the trouble, and whether the call may have cost money.
 */
import type { Verdict } from '../classification.ts';
import type { Evidence } from '../evidence.ts';
import { finding } from '../finding.ts';
import { isRecord, parseJson } from './json.ts';
import { readError } from './reading.ts';
import { classifyResponse } from './response.ts';
import { classifyReading } from './table.ts';
import { classifyBroken } from './transport.ts';

export function classify(evidence: Evidence): Verdict {
  const { outcome, model } = evidence;
  const asked = model === undefined ? {} : { model };
  switch (outcome.kind) {
    case 'lost':
      if (outcome.left === true)
        return finding('interrupted', 'left-batch', {
          rule: 'left-in-a-job',
          certainty: 'named',
          billed: 'possible',
          message:
            'it left the batch lane by choice when a job had it already: the job may still make and bill it, and nobody waits for that',
        });
      return finding('interrupted', 'no-answer', {
        rule: 'lost-in-mid-call',
        certainty: 'named',
        billed: 'possible',
        message: 'the call was sent and no answer was ever stored',
      });
    case 'broken':
      return classifyBroken(outcome, model);
    case 'answer': {
      const { status, headers, body } = outcome;
      return isSuccess(status)
        ? classifyResponse({ status, headers, body, model, imageChecks: outcome.imageChecks })
        : classifyReading(readError({ status, headers, body, ...asked }));
    }
    case 'text': {
      const { text, status } = outcome;
      const body = /^\s*\{/.test(text) ? parseJson(text) : undefined;
      if (isRecord(body) && 'candidates' in body && (status === undefined || isSuccess(status))) {
        return classifyResponse({ status: 200, headers: {}, body, model });
      }
      const known = status === undefined || isSuccess(status) ? {} : { status };
      return classifyReading(readError({ body: text, textOnly: true, ...known, ...asked }));
    }
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
