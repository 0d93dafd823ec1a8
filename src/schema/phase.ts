/** Where a generation is; each phase with the fields that make sense in it. */
import { z } from 'zod';
import type { TextRemedy } from '../domain/attempt.ts';
import type { Phase } from '../domain/phase.ts';
import { WAIT_LIMITS } from '../domain/wait-limit.ts';
import { stopScopeSchema } from './ask.ts';
import { branchSchema } from './classification.ts';
import { open, openKinds } from './open.ts';

const n = z.int().positive().describe('number of the call');
const why = z.string();
const until = z.number().describe('epoch milliseconds');

export const textRemedySchema = open(['rewrite', 'simplify']) satisfies z.ZodType<TextRemedy>;

const kind = <const P extends Phase['phase']>(phase: P) => z.literal(phase);

export const phaseSchema = openKinds('phase', [
  z.looseObject({ phase: kind('checking-quota') }),
  z.looseObject({
    phase: kind('waiting'),
    until,
    why,
    place: z.number().exactOptional(),
    limit: open(WAIT_LIMITS).exactOptional().describe('what binds'),
    quiet: z.literal(true).exactOptional().describe('for quiet hours: a promotion ends it'),
  }),
  z.looseObject({ phase: kind('fetching-inputs'), why: why.exactOptional() }),
  z.looseObject({ phase: kind('uploading'), n, why }),
  z.looseObject({ phase: kind('generating'), n, model: z.string() }),
  z.looseObject({ phase: kind('storing'), n, why, until: until.exactOptional() }),
  z.looseObject({ phase: kind('extracting'), n }),
  z.looseObject({ phase: kind('deciding'), n }),
  z.looseObject({
    phase: kind('backing-off'),
    until,
    branch: branchSchema,
    retest: z.int(),
    of: z.int(),
    why,
  }),
  z.looseObject({ phase: kind('falling-back'), to: z.string(), why }),
  z.looseObject({ phase: kind('rewriting'), remedy: textRemedySchema, why }),
  z.looseObject({ phase: kind('preparing'), remedy: open(['smaller-inputs', 'delete-files']), why }),
  z.looseObject({
    phase: kind('held'),
    scope: stopScopeSchema,
    hold: z.string().exactOptional().describe('its id, where it is known'),
    until,
    why,
  }),
  z.looseObject({ phase: kind('awaiting-operator'), until, why }),
  z.looseObject({
    phase: kind('batching'),
    until,
    why,
    job: z.string().exactOptional().describe('the job that it is in; absent while the lane collects'),
    leaving: z.looseObject({
      moreUsd: z.number().describe('what a live call costs more, at most'),
      lostUsd: z.number().describe('what the item may cost in vain'),
    }),
  }),
  z.looseObject({ phase: kind('no-worker'), since: z.number(), why }),
  z.looseObject({ phase: kind('done') }),
  z.looseObject({ phase: kind('dead'), branch: branchSchema, why }),
  z.looseObject({ phase: kind('cancelled') }),
]) satisfies z.ZodType<Phase>;
