/**
 * The schemas and the TypeScript interfaces say the same: a field, a name or a kind that only one of them
 * has does not compile (`npm run types`). Plain: without `readonly`, and without the index signature that
 * keeps a told object open.
 */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type {
  GenerationFailure,
  GenerationInput,
  GenerationResult,
  GenerationView,
  Revival,
} from '../../src/contract/generation.ts';
import type { MemoState } from '../../src/contract/names.ts';
import type { Ask, Choice } from '../../src/domain/ask.ts';
import type { Classification } from '../../src/domain/classification.ts';
import type { ChangeableField, DecisionRecord } from '../../src/domain/decision.ts';
import type { Judgement } from '../../src/domain/judgement.ts';
import type { Phase } from '../../src/domain/phase.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import type { argumentSchema, revivalSchema } from '../../src/schema/argument.ts';
import type { askSchema } from '../../src/schema/ask.ts';
import type { flatClassificationSchema } from '../../src/schema/classification.ts';
import type { decideSchema, SIGNAL_SCHEMAS } from '../../src/schema/decision.ts';
import type { decisionRecordSchema, refusalSchema } from '../../src/schema/decision-record.ts';
import type { failureSchema } from '../../src/schema/failure.ts';
import type { phaseSchema } from '../../src/schema/phase.ts';
import type { wireRequestSchema } from '../../src/schema/request.ts';
import type { resultSchema } from '../../src/schema/result.ts';
import type { memoStateSchema, viewSchema } from '../../src/schema/view.ts';

type Plain<T> = T extends readonly (infer I)[]
  ? Plain<I>[]
  : T extends object
    ? { -readonly [K in keyof T as string extends K ? never : K]: Plain<T[K]> }
    : T;

/** Equal as the compiler sees it, optional fields and unions included. */
type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2
    ? true
    : { readonly a: A; readonly b: B };

type Told<S extends z.ZodType, T> = Same<Plain<z.output<S>>, Plain<T>>;
type Sent<S extends z.ZodType, T> = Same<Plain<z.input<S>>, Plain<T>>;

function holds<Claim extends true>(claims: readonly Claim[]): void {
  expect(claims.every(Boolean)).toBe(true);
}

/** All that a classification of any branch may hold; the interface also ties reasons to branches. */
type Flat<T> = { [K in keyof T]: T[K] };
type FlatClassification = Flat<Pick<Classification, keyof Classification>>;

describe('schema and interface', () => {
  it('what is told', () => {
    holds<Told<typeof resultSchema, GenerationResult>>([true]);
    holds<Told<typeof failureSchema, GenerationFailure>>([true]);
    holds<Told<typeof viewSchema, GenerationView>>([true]);
    holds<Told<typeof memoStateSchema, MemoState>>([true]);
    holds<Told<typeof phaseSchema, Phase>>([true]);
    holds<Told<typeof askSchema, Ask>>([true]);
    holds<Told<typeof decisionRecordSchema, DecisionRecord>>([true]);
    holds<Told<typeof refusalSchema, Judgement & { evidence?: string }>>([true]);
    holds<Told<typeof flatClassificationSchema, FlatClassification>>([true]);
  });

  it('what is sent', () => {
    holds<Sent<typeof wireRequestSchema, RequestDraft>>([true]);
    holds<Sent<typeof revivalSchema, Revival>>([true]);
    holds<Same<keyof z.input<typeof argumentSchema>, keyof GenerationInput>>([true]);
    holds<Same<z.input<typeof decideSchema>['choice'], Choice>>([true]);
    type Change = z.input<(typeof SIGNAL_SCHEMAS)['changeRequest']>['change'];
    holds<Same<keyof Change, ChangeableField>>([true]);
  });

  it('the check can fail: a field that one of them lacks, and one that is required in one only', () => {
    // @ts-expect-error a field too many
    holds<Told<typeof memoStateSchema, MemoState & { readonly mood: string }>>([true]);
    // @ts-expect-error optional there, required here
    holds<Told<typeof memoStateSchema, Omit<MemoState, 'since'> & { readonly since: number }>>([true]);
  });
});
