/**
 * Input images as the client would store them, without storing them: type and size are all that an
 * estimate needs. A URL is not fetched; it counts as a small image.
 *
 * Throws {@link InvalidRequest} for what `generate` would refuse, in the same words.
 */
import { createHash } from 'node:crypto';
import { InputProblem, requestProblem } from '../../artifacts/input-problem.ts';
import { openStore } from '../../artifacts/open-store.ts';
import { MAX_INPUT_BYTES, readInput } from '../../artifacts/read-input.ts';
import { inputHeader } from '../../artifacts/store-input.ts';
import type { StoredInput } from '../../domain/request.ts';
import type { GenerateRequest } from '../../schema/request.ts';
import { InvalidRequest } from '../../schema/request.ts';

export interface SeenInputs {
  readonly inputs: readonly StoredInput[];
  /** URLs among them, whose type and size are not known. */
  readonly unseen: number;
}

export async function lookAtInputs(
  given: NonNullable<GenerateRequest['inputs']>,
  storePlace: string,
): Promise<SeenInputs> {
  const store = openStore(storePlace);
  const inputs: StoredInput[] = [];
  let unseen = 0;
  for (const [i, input] of given.entries()) {
    if ('url' in input) {
      unseen += 1;
      inputs.push({ kind: 'artifact', sha256: '', mime: 'image/png', bytes: 1 });
    } else {
      try {
        const read = await readInput(input, { store, field: `inputs[${i}]`, maxBytes: MAX_INPUT_BYTES });
        const { mime } = inputHeader(read);
        const sha256 = createHash('sha256').update(read.bytes).digest('hex');
        inputs.push({ kind: 'artifact', sha256, mime, bytes: read.bytes.length });
      } catch (error) {
        throw error instanceof InputProblem ? new InvalidRequest([requestProblem(error)]) : error;
      }
    }
  }
  return { inputs, unseen };
}
