/** Fault rules as configuration: which calls, how often, and what happens to them. */
import { z } from 'zod';
import { actionName, parseAction } from './action.ts';
import type { FaultAction } from './action.ts';
import { isTransportKind, TRANSPORT_KINDS } from './transport.ts';
import type { Transport } from './transport.ts';

const transportSchema = z.union([
  z.string().transform((text, context): Transport => {
    const action = readAction(text, context);
    if (action.transport) return action.transport;
    context.addIssue({ code: 'custom', message: `transport is one of ${TRANSPORT_KINDS.join(', ')}` });
    return z.NEVER;
  }),
  z.strictObject({
    kind: z.enum(TRANSPORT_KINDS),
    ms: z.number().min(0).optional(),
    percent: z.number().min(0).max(100).optional(),
  }),
]);

function readAction(text: string, context: z.core.$RefinementCtx): FaultAction {
  try {
    return parseAction(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
}

const objectAction = z
  .strictObject({
    /** A named fault. */
    preset: z.string().optional(),
    /** HTTP status of a raw answer; with `body` and `headers`. */
    status: z.int().min(200).max(599).optional(),
    /** JSON, or text sent as it is. */
    body: z.unknown().optional(),
    headers: z.record(z.string().toLowerCase(), z.string()).optional(),
    transport: transportSchema.optional(),
    delayMs: z.number().min(0).optional(),
    billed: z.boolean().optional(),
  })
  .transform((given, context): FaultAction => {
    const { preset: name, status, body, headers, ...rest } = given;
    if (name !== undefined && status !== undefined) {
      context.addIssue({ code: 'custom', message: 'give preset or status, not both' });
      return z.NEVER;
    }
    if (status !== undefined) {
      const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
      const type = typeof body === 'string' ? 'text/html; charset=UTF-8' : 'application/json; charset=UTF-8';
      return { ...rest, raw: { status, headers: { 'content-type': type, ...headers }, body: text } };
    }
    if (name === undefined) {
      if (rest.transport) return rest;
      context.addIssue({ code: 'custom', message: 'give preset, status or transport' });
      return z.NEVER;
    }
    const named = isTransportKind(name) ? undefined : readAction(name, context).preset;
    if (named === undefined) {
      context.addIssue({ code: 'custom', message: `"${name}" is a transport fault: give it as transport` });
      return z.NEVER;
    }
    return { ...rest, preset: named };
  });

const textAction = z.string().transform((text, context) => readAction(text, context));

const METHODS = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'models',
  'files',
  'files.upload',
  'files.get',
  'files.list',
  'files.delete',
  'files.download',
  'batches',
  'batches.create',
  'batches.get',
  'batches.list',
  'batches.cancel',
  'batches.delete',
  'batch.item',
  'token',
  'objects.get',
  'images.generate',
  'images.edit',
  'chat.completions',
] as const;

const share = z.number().min(0).max(1);

export const faultRuleSchema = z.strictObject({
  /** Shown in the list of faults and in the ledger. @default the action's name */
  name: z.string().optional(),
  match: z
    .strictObject({
      /** `models`, `files` and `batches` mean all of theirs. @default the live calls that generate */
      method: z.enum(METHODS).optional(),
      model: z.string().optional(),
      /** The dialect the call speaks. @default either */
      endpoint: z.enum(['ai-studio', 'vertex']).optional(),
      /** The last four characters of the key. */
      key: z.string().length(4).optional(),
      /** A part of the prompt. */
      prompt: z.string().optional(),
      /** The generation id of the header `x-gemini-images-generation`, or `<id>/<n>` for one attempt. */
      generation: z.string().optional(),
    })
    .default({}),
  /** Only the nth matching call (from 1), or these. */
  nth: z
    .union([z.int().min(1), z.array(z.int().min(1))])
    .transform((nth) => (typeof nth === 'number' ? [nth] : nth))
    .optional(),
  /**
   * Strikes by chance, drawn from seed, model, prompt and how often that prompt was sent. A curve has one share
   * after another, each for `everyMs`, from when the rule was added or the emulator reset; the last one stays.
   */
  probability: z
    .union([share, z.strictObject({ shares: z.array(share).min(1), everyMs: z.number().positive() })])
    .optional(),
  /** At most this many strikes. @default no limit */
  times: z.int().min(1).optional(),
  action: z.union([textAction, objectAction]),
});

/** A rule as one writes it. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;
export type FaultRule = z.output<typeof faultRuleSchema>;

/** How likely a rule is to strike, so long after it was added; undefined where it does not go by chance. */
export function shareAt({ probability }: Pick<FaultRule, 'probability'>, ageMs: number): number | undefined {
  if (typeof probability !== 'object') return probability;
  const { shares, everyMs } = probability;
  return shares[Math.min(Math.floor(Math.max(0, ageMs) / everyMs), shares.length - 1)];
}

export function ruleName(rule: FaultRule): string {
  return rule.name ?? actionName(rule.action);
}
