/**
 * The full check of an input image: decoded to its last pixel in a worker, before a call is paid
 * for; the client looked at its header only. HEIC and HEIF pass by their structure, because their codec
 * is not decoded here: Gemini decides. Loads native code.
 */
import type { RequestProblem } from '../domain/request-problem.ts';
import { examineImage } from './examine-image.ts';
import { InputProblem, requestProblem } from './input-problem.ts';
import type { ReadInput } from './read-input.ts';
import type { InputHeader } from './store-input.ts';
import { inputHeader, unreadable } from './store-input.ts';

/** Type and dimensions of an image that is whole; throws {@link InputProblem}. */
export async function examineInput(read: ReadInput): Promise<InputHeader> {
  // Refused by type first: what Gemini does not take is never given to a decoder.
  const header = inputHeader(read);
  const examined = await examineImage(read.bytes);
  if (examined.kind === 'problem') throw unreadable(read, examined.problem);
  return header;
}

/** @param field The request's name for this input: `inputs[0]`. */
export async function checkInput(bytes: Uint8Array, field: string): Promise<RequestProblem | undefined> {
  try {
    await examineInput({ bytes, field, value: `the stored image of ${bytes.length} bytes` });
    return undefined;
  } catch (error) {
    if (error instanceof InputProblem) return requestProblem(error);
    throw error;
  }
}
