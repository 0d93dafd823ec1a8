/** A request with one field changed by a person. A model that is named takes the place of a quality. */
import type { FieldChange } from './decision.ts';
import type { GenerationRequest } from './request.ts';

export function withField(request: GenerationRequest, { field, value }: FieldChange): GenerationRequest {
  const changed = { ...request, [field]: value };
  if (field !== 'model') return changed;
  const { quality: _quality, ...named } = changed;
  return named;
}
