/**
 * The border where requests come in: client, CLI and callers in other languages. Unknown fields are
 * refused (a misspelt `idempotncyKey` must not pay twice), each problem names the field, what was
 * given and what is allowed.
 */
import { z } from 'zod';
import {
  MAX_CALL_TIMEOUT_MS,
  MAX_PROMPT_BYTES,
  MODALITIES,
  QUALITIES,
  SIZES,
  TIMES,
} from '../domain/request.ts';
import { SERVICE_TIERS } from '../domain/path.ts';
import type { RequestProblem } from '../domain/request-problem.ts';
import { isStorageUri, parseStorageUri } from '../domain/storage-object.ts';
import { storedTextSchema } from './artifact.ts';

const HOUR = 3_600_000;
const LONGEST_DEADLINE_MS = 14 * 24 * HOUR;

const safetySetting = z.strictObject({
  category: z.string().min(1).describe('HARM_CATEGORY_… as Google spells it.'),
  threshold: z.string().min(1).describe('BLOCK_LOW_AND_ABOVE … BLOCK_NONE, OFF.'),
});

const allow = z.union([
  z.literal('exact').describe('Waits, retests, TEXT+IMAGE and one longer client timeout only.'),
  z.literal('available').describe('Also other models and tiers, smaller sizes, simplify, rewrite, batch.'),
  z.strictObject({
    models: z.union([z.literal('chain'), z.array(z.string().min(1)).max(10)]).optional(),
    tiers: z.array(z.enum(SERVICE_TIERS)).optional(),
    endpoints: z.array(z.string().min(1)).optional(),
    sizes: z.union([z.literal('smaller'), z.array(z.enum(SIZES))]).optional(),
    inputs: z.boolean().optional(),
    simplify: z.boolean().optional(),
    rewrite: z.enum(['never', 'ask', 'auto']).optional(),
    safetySettings: z.array(safetySetting).optional(),
    batch: z.boolean().optional(),
  }),
]);

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be a Uint8Array');

/** Of the web, or `gs://bucket/object`, which a worker with a route of Google Cloud can read. */
const inputUrl = z
  .url({ protocol: /^(https?|gs)$/ })
  .refine((url) => !isStorageUri(url) || parseStorageUri(url) !== undefined, 'must be gs://bucket/object');

/** One input image: exactly one of the four ways to name it. */
const input = z.union([
  z.strictObject({ path: z.string().min(1) }),
  z.strictObject({ bytes }),
  z.strictObject({ artifact: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex') }),
  z.strictObject({ url: inputUrl }),
]);

const TOO_LONG = `must be at most ${MAX_PROMPT_BYTES} bytes`;

const prompt = z
  .string()
  .refine((text) => text.trim() !== '', 'must not be empty')
  .refine((text) => new TextEncoder().encode(text).byteLength <= MAX_PROMPT_BYTES, TOO_LONG);

const fields = {
  prompt,
  model: z.string().min(1).max(200).optional(),
  quality: z
    .enum(QUALITIES)
    .optional()
    .describe('draft: the cheapest model of the chain that can do it; final: the best. In place of model.'),
  size: z.enum(SIZES).optional(),
  aspectRatio: z
    .string()
    .regex(/^\d{1,2}:\d{1,2}$/, 'must look like 16:9')
    .optional(),
  modalities: z.array(z.enum(MODALITIES)).min(1).optional(),
  thinking: z
    .strictObject({
      level: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
      budget: z.int().min(-1).optional(),
    })
    .optional(),
  safetySettings: z.array(safetySetting).optional(),
  systemInstruction: z.string().min(1).max(32_768).optional(),
  temperature: z.number().min(0).max(2).optional(),
  seed: z.int().optional(),
  maxOutputTokens: z.int().positive().optional(),
  allow: allow.optional(),
  routeOut: z.enum(['ask', 'never']).optional(),
  urgency: z.enum(['interactive', 'standard', 'batch']).optional(),
  when: z
    .enum(TIMES)
    .optional()
    .describe('quiet: its first call may wait for quiet hours, configured or learned. Default: now.'),
  deadlineMs: z.int().positive().max(LONGEST_DEADLINE_MS).optional(),
  callTimeoutMs: z.int().min(1_000).max(MAX_CALL_TIMEOUT_MS).optional(),
  maxPaidCalls: z.int().positive().max(50).optional(),
  maxAttempts: z.int().positive().max(50).optional(),
  maxCostUsd: z.number().positive().optional(),
  tenant: z
    .string()
    .min(1)
    .refine((text) => new TextEncoder().encode(text).byteLength <= 60, 'must be at most 60 bytes')
    .optional(),
  tags: z.array(z.string().min(1).max(60)).max(10).optional(),
  hidePrompt: z.boolean().optional(),
};

interface Contradictory {
  readonly model?: unknown;
  readonly quality?: unknown;
  readonly urgency?: unknown;
  readonly when?: unknown;
}

/** Fields that say two things at once: refused, because either one would be ignored in silence. */
function contradictions(
  { model, quality, urgency, when }: Contradictory,
  { addIssue }: { readonly addIssue: (issue: z.core.$ZodSuperRefineIssue) => void },
): void {
  if (model !== undefined && quality !== undefined) {
    const message = 'picks a model, and model names one: give either of them';
    addIssue({ code: 'custom', path: ['quality'], message });
  }
  if (when === 'quiet' && urgency === 'interactive') {
    const message = 'of an interactive request cannot be quiet: somebody waits for it; leave one of them out';
    addIssue({ code: 'custom', path: ['when'], message });
  }
}

/** The fields of {@link requestSchema}, for what has most of them. */
export const requestObject = z.strictObject({
  ...fields,
  inputs: z.array(input).max(20).optional(),
  /** The same key is the same generation, whatever is retried (I11). */
  idempotencyKey: z.string().min(1).max(200).optional(),
});

/** What `images.generate()` and the CLI accept. */
export const requestSchema = requestObject.superRefine(contradictions);

export type GenerateRequest = z.input<typeof requestSchema>;
export type ValidRequest = z.output<typeof requestSchema>;

const storedImage = z.strictObject({
  kind: z.literal('artifact'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mime: z.string(),
  bytes: z.int().nonnegative(),
});

/** A turn of a session: only its session writes it. */
const conversation = z.strictObject({
  session: z.string().min(1),
  overflow: z.enum(['fail', 'drop-oldest-images']),
  past: z
    .strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      turns: z.int().nonnegative(),
      images: z.int().nonnegative(),
      bytes: z.number().nonnegative(),
      older: z.int().nonnegative(),
      chars: z.int().nonnegative(),
      json: z.int().nonnegative(),
      tokens: z.number().nonnegative(),
      signedBy: z.string().min(1),
      image: storedImage,
    })
    .optional(),
});

/** The fields of {@link wireRequestSchema}. */
export const wireRequestObject = z.strictObject({
  ...fields,
  conversation: conversation.optional().describe('Of a turn of an edit session, which writes it itself.'),
  prompt: z.union([prompt, storedTextSchema.describe('A text in the artifact store.')]),
  inputs: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('artifact'),
          sha256: z.string().regex(/^[0-9a-f]{64}$/),
          mime: z.string(),
          bytes: z.int().positive(),
        }),
        z.strictObject({ kind: z.literal('url'), url: inputUrl }),
      ]),
    )
    .max(20)
    .optional(),
});

/**
 * What a caller in another language sends: the same, but inputs lie in the store already or at a URL,
 * because bytes never enter workflow history (I1). JSON Schema is generated from this one.
 */
export const wireRequestSchema = wireRequestObject.superRefine(contradictions);

/** The request is wrong before anything was done; nothing was sent, stored or lost. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest' as const;
  readonly problems: readonly RequestProblem[];

  constructor(problems: readonly RequestProblem[]) {
    super(`invalid request: ${problems.map(({ field, message }) => `${field} ${message}`).join('; ')}`);
    this.problems = problems;
  }
}

/** Validates or throws {@link InvalidRequest} that names each field. */
export function parseRequest(value: unknown): ValidRequest {
  const parsed = requestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(problemsOf(parsed.error, value));
}

export function problemsOf(error: z.ZodError, value: unknown): readonly RequestProblem[] {
  return error.issues.flatMap(within).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        reason: 'argument' as const,
        field: fieldName([...issue.path, key]),
        value: show(at(value, [...issue.path, key])),
        allowed: 'not a field of a request',
        message: 'is not a field of a request; check its spelling',
      }));
    }
    return [
      {
        reason: reasonOf(issue),
        field: fieldName(issue.path),
        value: show(at(value, issue.path)),
        allowed: allowed(issue),
        message: message(issue, at(value, issue.path)),
      },
    ];
  });
}

/** Who gave an object of permissions is told which of its fields is wrong, not that a word would do as well. */
function within(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.path[0] !== 'allow') return [issue];
  const nearest = issue.errors.find((errors) =>
    errors.some(({ code, path }) => code === 'unrecognized_keys' || path.length > 0),
  );
  if (nearest === undefined) return [issue];
  return nearest.flatMap((inner) => within({ ...inner, path: [...issue.path, ...inner.path] }));
}

function reasonOf({ path: [field], message }: z.core.$ZodIssue): RequestProblem['reason'] {
  if (field === 'prompt') return message === TOO_LONG ? 'too-large' : 'empty';
  if (field === 'size') return 'size';
  if (field === 'aspectRatio') return 'ratio';
  if (field === 'thinking') return 'thinking';
  return 'argument';
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return name === '' ? 'request' : name.replace(/^\./, '');
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (v, key) => (v === null || typeof v !== 'object' ? undefined : (v as Record<PropertyKey, unknown>)[key]),
    value,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  return (JSON.stringify(value) ?? typeof value).slice(0, 80);
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ');
  if (issue.code === 'too_big') return `at most ${String(issue.maximum)}`;
  if (issue.code === 'too_small') return `at least ${String(issue.minimum)}`;
  return issue.message;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function message(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union' && issue.path[0] === 'inputs') {
    return 'must be exactly one of { path }, { bytes }, { artifact: sha256 }, { url }';
  }
  if (issue.code === 'invalid_union' && issue.path[0] === 'allow') {
    if (issue.path[1] === 'models') return "must be 'chain' or a list of models";
    if (issue.path[1] === 'sizes') return "must be 'smaller' or a list of sizes";
    return "must be 'exact', 'available' or an object of permissions";
  }
  // The validator's own words speak of types it "received".
  if (issue.code === 'invalid_type' && issue.path.length > 0)
    return given === undefined ? 'is missing' : `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
  return issue.message;
}
