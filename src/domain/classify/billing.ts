/**
 * Whether a call may have cost money. `no` only where Google signed an error or nothing can have
 * been generated; a gateway's timeout, a lost connection or an unsigned fault leaves it `possible`.
 */
import type { Branch } from '../branch.ts';
import type { Billed } from '../classification.ts';
import type { ResponseParts } from '../response-parts.ts';
import { integerOf } from './json.ts';
import type { Reading } from './reading.ts';

/** Branches in which an unsigned answer still leaves open whether an image was made. */
const OPEN: readonly Branch[] = [
  'gateway-fault',
  'timeout',
  'network',
  'internal',
  'cancelled',
  'no-image',
  'safety-image',
  'unknown',
];
/** Failures to connect: no byte of the request left. */
const UNSENT: readonly string[] = ['dns', 'refused', 'unreachable', 'tls'];

export function billedByError(branch: Branch, reason: string, reading: Reading): Billed {
  if (reading.by.google) return 'no';
  if (branch === 'capacity' && reason === 'server-cancelled') return 'possible';
  if (!OPEN.includes(branch) || UNSENT.includes(reason)) return 'no';
  const { code } = reading;
  // 503: nobody was there to take the request. 4xx: it was refused before it was taken.
  const refused = code !== undefined && (code === 503 || (code >= 300 && code < 499 && code !== 408));
  return refused && branch !== 'no-image' && branch !== 'safety-image' ? 'no' : 'possible';
}

export function billedByResponse(response: ResponseParts): Billed {
  const usage = response.usageMetadata;
  const tokens = (name: string): number => integerOf(usage?.[name]) ?? 0;
  const generated =
    response.parts.some(({ kind }) => kind !== 'other') ||
    tokens('candidatesTokenCount') > 0 ||
    tokens('thoughtsTokenCount') > 0;
  if (generated) return 'yes';
  // A blocked prompt never reached the model; with usage at hand, no output tokens means no output.
  return response.promptFeedback?.blockReason !== undefined || usage !== undefined ? 'no' : 'possible';
}
