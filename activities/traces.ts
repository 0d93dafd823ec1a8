/** The spans of a call: of the attempt as its activity makes it, and of the request to the provider inside. */
import { ApplicationFailure } from '@temporalio/activity';
import type { Delivery, GenerateInput, MadePrompts, MakePromptInput } from '../src/contract/generation.ts';
import type { Attempt } from '../src/domain/attempt.ts';
import type { Route } from '../src/domain/path.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import { traced } from '../src/tracing/traced.ts';
import { rungOf } from './prepare-call.ts';

/** A verdict is the attempt's outcome, told by its branch; what is no verdict fails the span by its type. */
export async function tracedAttempt<T extends Delivery | MadePrompts>(
  input: GenerateInput | MakePromptInput,
  run: () => Promise<T>,
): Promise<T> {
  const { generationId, n, move, traceparent: parent } = input;
  const { model, tier } = 'text' in input ? { model: input.text.model, tier: 'standard' } : rungOf(input);
  const attributes = {
    'gemini_images.generation': generationId,
    'gemini_images.attempt': n,
    'gemini_images.move': move.kind,
    'gemini_images.model': model,
    'gemini_images.tier': tier,
  } as const;
  return await traced('gemini_images.attempt', { attributes, parent }, async (tell) => {
    try {
      const given = await run();
      const images = 'images' in given ? given.images : [];
      tell({
        'gemini_images.branch': 'none',
        'gemini_images.billed': given.attempt.billed,
        'gemini_images.images': images.length,
        'gemini_images.bytes': images.reduce((sum, { bytes }) => sum + bytes, 0),
      });
      return given;
    } catch (error) {
      const attempt = attemptIn(error);
      if (attempt?.classification !== undefined) {
        const { branch, reason } = attempt.classification;
        tell({
          'gemini_images.branch': branch,
          'gemini_images.reason': reason,
          'gemini_images.billed': attempt.billed,
        });
      }
      throw error;
    }
  });
}

function attemptIn(error: unknown): Attempt | undefined {
  const [first] = error instanceof ApplicationFailure ? (error.details ?? []) : [];
  return (first as { readonly attempt?: Attempt } | undefined)?.attempt;
}

/** The request to the provider; it records how it ended and never rejects for it. */
export async function tracedCall(
  { model, tier, account }: Route,
  send: () => Promise<CallRecord>,
): Promise<CallRecord> {
  const attributes = {
    'gemini_images.model': model,
    'gemini_images.tier': tier,
    'gemini_images.endpoint': account.endpoint,
  } as const;
  return await traced('gemini_images.call', { kind: 'client', attributes }, async (tell) => {
    const record = await send();
    const { outcome } = record;
    if (outcome.kind === 'answer')
      tell({ 'gemini_images.status': outcome.status, 'gemini_images.bytes': outcome.body.byteLength });
    else tell({ 'gemini_images.broken': outcome.by, 'gemini_images.stage': outcome.stage });
    return record;
  });
}
