/** Flattens an Error and its causes into JSON, secrets redacted; total over anything thrown. */
import type { ErrorFacts } from '../domain/evidence.ts';
import type { Redactor } from './redactor.ts';

const DEEPEST_CAUSE = 5;

export function errorFacts(error: unknown, redactor: Redactor, depth = 0): ErrorFacts {
  if (!(error instanceof Error)) return { name: 'NonError', message: redactor.text(String(error)) };
  const code = (error as { code?: unknown }).code;
  // Happy eyeballs: the aggregate says nothing, its first member says what happened.
  const cause: unknown = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  return {
    name: error.name,
    message: redactor.text(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined || depth >= DEEPEST_CAUSE
      ? {}
      : { cause: errorFacts(cause, redactor, depth + 1) }),
  };
}
