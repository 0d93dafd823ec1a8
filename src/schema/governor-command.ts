/** What an operator tells a governor: the argument of update `gemini.command`, for client and CLI. */
import { z } from 'zod';
import type { GovernorCommand, Scope } from '../contract/standing.ts';
import { BRANCHES } from '../domain/branch.ts';
import { SERVICE_TIERS } from '../domain/path.ts';
import { InvalidRequest, problemsOf } from './request.ts';

const LONGEST_NAME = 100;
const LONGEST_WHY = 500;
/** A base URL, or a route's credential, model and tier. */
const LONGEST_KEY = 500;

export const SCOPE_KINDS = [
  'credential',
  'project',
  'model',
  'endpoint',
  'gateway',
  'route',
] as const satisfies readonly Scope['kind'][];

function text(longest: number): z.ZodString {
  return z.string().max(longest).regex(/\S/, 'must be a text');
}

const said = {
  by: text(LONGEST_NAME).describe('who says so'),
  why: text(LONGEST_WHY),
};

export const scopeSchema = z.strictObject({
  kind: z.enum(SCOPE_KINDS),
  key: text(LONGEST_KEY).describe(
    "the credential's hash, the project, the model, the base URL, or <credential>/<model>/<tier>",
  ),
}) satisfies z.ZodType<Scope>;

const routeKey = z.strictObject({
  credential: text(LONGEST_NAME),
  model: text(LONGEST_KEY),
  tier: z.enum(SERVICE_TIERS),
});

const hash = z
  .string()
  .regex(/^[0-9a-f]{12,64}$/, 'must be a SHA-256, or at least its first 12 characters')
  .describe('the evidence that the operator saw');

export const governorCommandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause'), ...said, scope: scopeSchema }),
  z.strictObject({ kind: z.literal('resume'), ...said, hold: text(LONGEST_NAME).describe('such as h-1') }),
  z.strictObject({
    kind: z.literal('grant'),
    ...said,
    cause: z.strictObject({ branch: z.enum(BRANCHES), scope: scopeSchema }),
    route: text(LONGEST_NAME).describe('name of the route that is approved'),
    until: z.int().positive('must be epoch milliseconds').describe('epoch milliseconds'),
    maxCostUsd: z.number().positive('must be above 0'),
    evidence: hash,
  }),
  z.strictObject({ kind: z.literal('revoke'), ...said, grant: text(LONGEST_NAME).describe('such as g-1') }),
  z.strictObject({ kind: z.literal('end-degraded'), ...said, route: routeKey }),
]) satisfies z.ZodType<GovernorCommand>;

/** Validates or throws {@link InvalidRequest} that names each field. */
export function parseCommand(value: unknown): GovernorCommand {
  const parsed = governorCommandSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(problemsOf(parsed.error, value));
}
