/**
 * Thought signatures: opaque, deterministic for a content, and bound to the model that made it. With
 * checks on, a replayed model turn must bring them back verbatim; the 400s are Google's own words.
 */
import { createHmac } from 'node:crypto';
import { invalidArgument } from './answer.ts';
import type { Answer } from './answer.ts';
import { fileOf } from './request/files.ts';
import type { FileAccess } from './request/files.ts';
import type { GenerateRequest, RequestPart } from './request/read.ts';
import type { EmulatedEndpoint } from './vertex/place.ts';

/** Values that Google documents for histories that never had a signature. */
const BYPASSES = ['context_engineering_is_the_way_to_go', 'skip_thought_signature_validator'];

const LENGTH = 768;

export function missingSignature(kind: 'Image' | 'Text', content: number, part: number): Answer {
  return invalidArgument(
    `${kind} part is missing a thought_signature in content position ${content}, part position ${part}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures#model-behavior for more details.`,
  );
}

export function corruptedSignature(): Answer {
  return invalidArgument('Corrupted thought signature.');
}

/** Each endpoint signs for itself: what the other signed is corrupted to it. */
export function signerSeed(seed: string, endpoint: EmulatedEndpoint): string {
  return endpoint === 'ai-studio' ? seed : `${seed} ${endpoint}`;
}

/** The signature of one part's content; `content` is its text or its base64. */
export function signPart(seed: string, model: string, content: string): string {
  const bytes: Buffer[] = [Buffer.from([0x0a, 0xff, 0x05])];
  const digest = createHmac('sha256', seed).update(model).update('\n').update(content).digest();
  for (let block = 0; block * 32 < LENGTH; block += 1) {
    bytes.push(createHmac('sha256', digest).update(String(block)).digest());
  }
  return Buffer.concat(bytes).subarray(0, LENGTH).toString('base64');
}

/**
 * The refusal of a replayed history, or nothing. Each image of a model turn needs its signature, and so
 * does the first text after the thoughts; positions count from 1, as Google's do. An image may lie in a file.
 */
export function refuseSignatures(
  request: GenerateRequest,
  { seed, model, files }: { readonly seed: string; readonly model: string; readonly files: FileAccess },
): Answer | undefined {
  for (const [t, turn] of request.contents.entries()) {
    if (turn.role !== 'model') continue;
    const firstText = turn.parts.findIndex((part) => !part.thought && part.text !== undefined);
    for (const [p, part] of turn.parts.entries()) {
      if (part.thought) continue;
      const isImage = part.inlineData !== undefined || part.fileData !== undefined;
      if (!part.thoughtSignature) {
        if (isImage) return missingSignature('Image', t + 1, p + 1);
        if (p === firstText) return missingSignature('Text', t + 1, p + 1);
        continue;
      }
      if (!signatureFits(part, seed, model, files)) return corruptedSignature();
    }
  }
  return undefined;
}

function signatureFits(part: RequestPart, seed: string, model: string, files: FileAccess): boolean {
  const signature = part.thoughtSignature ?? '';
  if (BYPASSES.includes(signature) || BYPASSES.includes(Buffer.from(signature, 'base64').toString('utf8'))) {
    return true;
  }
  const content = contentOf(part, files);
  return standardBase64(signature) === signPart(seed, model, content);
}

function contentOf({ inlineData, fileData, text }: RequestPart, files: FileAccess): string {
  if (inlineData) return standardBase64(inlineData.data ?? '');
  const file = fileData === undefined ? undefined : fileOf(fileData.fileUri ?? '', files);
  return file !== undefined && 'bytes' in file ? file.bytes.toString('base64') : (text ?? '');
}

/** Clients may re-encode in the URL-safe alphabet and without padding: the same bytes are verbatim. */
function standardBase64(data: string): string {
  const standard = data.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, '=');
}
