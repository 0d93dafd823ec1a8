/**
 * Ids and digests that make starting idempotent (I11): the same tenant and key are the same workflow
 * id; the digest tells whether the same key came with another request.
 */
import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { GenerationRequest } from '../domain/request.ts';

const PREFIX = 'gemini-image';

export function generationId(key: string | undefined, tenant: string | undefined): string {
  if (key === undefined) return `${PREFIX}/${randomUUID()}`;
  return [PREFIX, 'key', encodeURIComponent(tenant ?? ''), encodeURIComponent(key)].join('/');
}

export function requestDigest(request: GenerationRequest): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}
