/**
 * Options of the emulator, the same for `startEmulator` and for the CLI's JSON file: checked at once,
 * every problem named with its field.
 */
import { z } from 'zod';
import { faultRuleSchema } from './faults/rule.ts';

const limitsSchema = z.strictObject({
  /** Requests a minute. */
  rpm: z.int().min(0).optional(),
  /** Input tokens a minute. */
  tpm: z.int().min(0).optional(),
  /** Images a minute. */
  ipm: z.int().min(0).optional(),
  /** Requests a day, until midnight Pacific. */
  rpd: z.int().min(0).optional(),
});

export const emulatorOptionsSchema = z.strictObject({
  /** @default 127.0.0.1; 0.0.0.0 only inside a container */
  host: z.string().min(1).default('127.0.0.1'),
  /** @default 0, any free port */
  port: z.int().min(0).max(65_535).default(0),
  /** Fixes pictures, token counts, latencies and chance. @default "gemini" */
  seed: z
    .union([z.string(), z.number()])
    .transform((seed) => String(seed))
    .default('gemini'),
  /** Keys that may call; others get API_KEY_INVALID. Absent: any key. */
  keys: z.array(z.string().min(1)).optional(),
  /** Keys that were "reported as leaked". */
  leakedKeys: z.array(z.string().min(1)).default([]),
  /** Key → its project. Keys of one project see the same files. @default each key is a project of its own */
  projects: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** Error answers repeat the caller's key, raw, percent-encoded and as base64. @default false */
  echoKey: z.boolean().default(false),
  /** Time of a call that reached a model: fixed, or even within `meanMs` ± `spread` (a share of it). @default 0 */
  latencyMs: z
    .union([
      z.number().min(0),
      z.strictObject({ meanMs: z.number().min(0), spread: z.number().min(0).max(1).default(0.5) }),
    ])
    .default(0),
  /** By model id, `*` for the rest, `vertex/<id>` and `vertex/*` for Vertex; 0 means that the tier has no quota at all. @default no limits */
  limits: z.record(z.string(), limitsSchema).default({}),
  /** Form of the minute windows. @default sliding */
  quota: z.enum(['sliding', 'bucket']).default('sliding'),
  /** Whether a refused call counts against the window too. @default false */
  rejectedCount: z.boolean().default(false),
  /** Multiplies the emulator's own minute, day and RetryInfo. 0.05 makes a minute 3 s. @default 1 */
  timeScale: z.number().positive().max(1).default(1),
  /** Replayed model turns must bring their thought signatures back. @default false */
  signatureChecks: z.boolean().default(false),
  safety: z
    .strictObject({
      /** Share of person-and-pose prompts whose picture is withheld. @default 0.5 */
      imageSafetyRate: z.number().min(0).max(1).default(0.5),
      /** Phrases that are a policy verdict, beside the built-in ones. */
      prohibitedPhrases: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Scripted and random faults, asked in this order. */
  faults: z.array(faultRuleSchema).default([]),
  /** Ids that answer as a retired model does. */
  retiredModels: z.array(z.string()).default([]),
  /** Old id → id of the model that answers for it; `modelVersion` tells. */
  reroute: z.record(z.string(), z.string()).default({}),
  /** How long an uploaded file lives, unscaled. @default 48 hours times `timeScale` */
  fileLifetimeMs: z.number().positive().optional(),
  /** How long an uploaded file is PROCESSING, unscaled. @default 0, ACTIVE at once */
  fileProcessingMs: z.number().min(0).default(0),
  /** The answer to an upload leaves the state out, as the real one does at times. @default false */
  fileStateLate: z.boolean().default(false),
  /** What the files of one project may take together, in bytes. @default 20 GB */
  fileStorageBytes: z
    .int()
    .min(0)
    .default(20 * 1024 ** 3),
  /** The OpenAI-compatible provider that is served beside Gemini, under `/v1`. */
  openai: z
    .strictObject({
      /** Keys that may call it, by `Authorization: Bearer`. Absent: any key. Gemini's do not count here. */
      keys: z.array(z.string().min(1)).optional(),
      models: z.array(z.string().min(1)).default(['gpt-image-1']),
      /** What the ledger books for an image. @default 0.04 */
      usdPerImage: z.number().min(0).default(0.04),
      /** Images in the answer, behind links, or behind links that lead nowhere. @default base64 */
      results: z.enum(['base64', 'url', 'dead-url']).default('base64'),
      /** Where a chat's answer has its image: in `message.images`, or as Markdown in its text. @default images */
      chat: z.enum(['images', 'markdown']).default('images'),
    })
    .prefault({}),
  /** Expired files are listed and take storage until they are deleted or swept; else they are gone. @default false */
  keepExpiredFiles: z.boolean().default(false),
  batch: z
    .strictObject({
      /** How long a job waits before it runs, unscaled. @default 10 s times `timeScale` */
      queuedMs: z.number().min(0).optional(),
      /** How long it runs, shared evenly among its requests, unscaled. @default 50 s times `timeScale` */
      runningMs: z.number().min(0).optional(),
      /** After which it is EXPIRED unless it has ended, unscaled. @default 48 hours times `timeScale` */
      lifetimeMs: z.number().positive().optional(),
      /** Input tokens of one project's jobs that have not ended, by model id, `*` for the rest. @default no limits */
      enqueuedTokens: z.record(z.string(), z.int().min(0)).default({}),
    })
    .prefault({}),
  /** The dialect of Google Cloud, beside AI Studio's. */
  vertex: z
    .strictObject({
      /** Who gets access tokens at `/token`; see `throwAwayServiceAccount`. Others are not found. */
      serviceAccounts: z
        .array(
          z.strictObject({
            clientEmail: z.string().min(1),
            /** PEM, of the key that signs. */
            publicKey: z.string().includes('PUBLIC KEY'),
            /** Whose models it may call. */
            projects: z.array(z.string().min(1)),
          }),
        )
        .default([]),
      /** How long an access token lasts. @default 3600 */
      accessTokenSeconds: z.number().positive().default(3_600),
      /** Others get the front end's 404 page. */
      locations: z.array(z.string().min(1)).default(['global', 'us', 'eu', 'us-central1', 'europe-west4']),
    })
    .prefault({}),
  /** Each call's image gets its own bytes (a comment in the file). @default true */
  uniqueImages: z.boolean().default(true),
  /** Memory for drawn pictures, in bytes. @default 256 MiB */
  cacheBytes: z
    .int()
    .min(0)
    .default(256 * 1024 * 1024),
  /** Entries the ledger keeps; beyond it the oldest go and `dropped` counts them. @default 100000 */
  ledgerLimit: z.int().min(1).default(100_000),
});

/** As one writes them: every field optional. */
export type EmulatorOptions = z.input<typeof emulatorOptionsSchema>;
export type ResolvedEmulatorOptions = z.output<typeof emulatorOptionsSchema>;

/** Thrown for options that cannot be used; the message names every field and what it takes. */
export class EmulatorOptionsError extends Error {
  override readonly name = 'EmulatorOptionsError';
}

export function resolveEmulatorOptions(options: unknown): ResolvedEmulatorOptions {
  const parsed = emulatorOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new EmulatorOptionsError(`Emulator options: ${explain(parsed.error.issues)}`);
}

/** One line for each problem: `faults.0.action: unknown fault "capcity"; perhaps capacity …`. */
export function explain(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[] = []): string {
  return issues
    .map((issue) => {
      const path = [...prefix, ...issue.path];
      if (issue.code === 'invalid_union') {
        const depth = (branch: readonly z.core.$ZodIssue[]): number =>
          Math.max(...branch.map((one) => one.path.length + (one.code === 'invalid_type' ? 0 : 1)));
        // The branch that came furthest is the one its author meant.
        const [meant] = issue.errors.toSorted((a, b) => depth(b) - depth(a));
        if (meant) return explain(meant, path);
      }
      return `${path.length > 0 ? path.map(String).join('.') : 'the whole'}: ${issue.message}`;
    })
    .join('; ');
}
