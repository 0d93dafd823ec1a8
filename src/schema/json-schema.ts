/** JSON Schema of the wire request, for callers in other languages; generated, never written by hand. */
import { z } from 'zod';
import { wireRequestSchema } from './request.ts';

export function requestJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(wireRequestSchema, { unrepresentable: 'any', io: 'input' }),
    title: 'Argument `request` of workflow geminiGeneration, before defaults',
  };
}
