/** `--change field=value`: one field of the request; its value is JSON where it reads as such. */
import { InvalidArgumentError } from 'commander';
import type { RequestChange } from '../client/changed-field.ts';
import type { InvalidRequest } from '../schema/request.ts';
import { fieldValue } from '../words/field-value.ts';
import { UsageError } from './usage-error.ts';

/** Given once; a second one would be a second variable. */
export function fieldChange(text: string, before?: RequestChange): RequestChange {
  if (before !== undefined) throw new InvalidArgumentError('Change one variable at a time: give it once.');
  const at = text.indexOf('=');
  const field = text.slice(0, at).trim();
  if (at < 1 || field === '') throw new InvalidArgumentError('Write field=value, such as size=1K.');
  return { [field]: fieldValue(field, text.slice(at + 1)) };
}

/** What the request's schema says of the value, said of the option that gave it. */
export function asOption(error: unknown, change: RequestChange | undefined): unknown {
  const field = Object.keys(change ?? {})[0];
  if (!(error instanceof Error) || error.name !== 'InvalidRequest' || field === undefined) return error;
  const { problems } = error as InvalidRequest;
  const [problem] = problems;
  if (problem === undefined || problem.field.split(/[.[]/)[0] !== field) return error;
  return new UsageError(`--change: ${problem.field} ${problem.message} (given: ${problem.value})`);
}
