/**
 * The one field of a request that a person changes: checked by the schema that checked the request, and
 * a long prompt stored, so that history sees a reference (I1). One variable at a time (I4).
 */
import type { ArtifactStore } from '../artifacts/store.ts';
import type { ChangeableField, FieldChange } from '../domain/decision.ts';
import { CHANGEABLE_FIELDS } from '../domain/decision.ts';
import { INLINE_PROMPT_BYTES } from '../domain/request.ts';
import type { GenerateRequest } from '../schema/request.ts';
import { parseRequest } from '../schema/request.ts';
import { invalid } from './invalid.ts';
import { storeText } from './store-inputs.ts';

/** Exactly one field of the request and its new value: `{ size: '1K' }`. */
export type RequestChange = {
  readonly [F in ChangeableField]?: NonNullable<GenerateRequest[F]>;
};

/** Throws {@link InvalidRequest} that names the field. */
export async function changedField(store: ArtifactStore, change: RequestChange): Promise<FieldChange> {
  const { field, value } = checkedField(change);
  // Measured as it travels, inside JSON: quotes and line ends take two bytes there.
  if (field !== 'prompt' || jsonBytes(value) <= INLINE_PROMPT_BYTES) return { field, value };
  return { field, value: await storeText(store, value as string) };
}

function checkedField(change: RequestChange): FieldChange {
  const example = 'must be one field of the request and its value, such as { "size": "1K" }';
  if (change === null || typeof change !== 'object') throw invalid('change', change, example);
  const [first, ...rest] = Object.entries(change);
  if (first === undefined) throw invalid('change', change, example);
  if (rest.length > 0) throw invalid('change', Object.keys(change), `${example}: one variable at a time`);
  const [field, value] = first;
  if (!isChangeable(field)) {
    throw invalid('change', field, `must name a field that can be changed: ${CHANGEABLE_FIELDS.join(', ')}`);
  }
  const request = field === 'prompt' ? { prompt: value } : { prompt: '-', [field]: value };
  const parsed = parseRequest(request)[field];
  if (parsed === undefined) throw invalid(field, value, 'must have a value');
  return { field, value: parsed };
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength;
}

function isChangeable(field: string): field is ChangeableField {
  return (CHANGEABLE_FIELDS as readonly string[]).includes(field);
}
