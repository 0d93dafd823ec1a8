/** countTokens: a quarter of the characters and 258 an image. */
import { googleJson } from '../answer.ts';
import { faultedCall, refused, serveApiCall, struckAnswer } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { findModel } from '../request/model.ts';
import { readCountRequest, unknownFields } from '../request/read.ts';
import { promptTokens } from '../request/tokens.ts';
import type { VertexPlace } from '../vertex/place.ts';

export async function countTokens(
  exchange: Exchange,
  context: EmulatorContext,
  target: { readonly apiVersion: string; readonly model: string; readonly vertex?: VertexPlace },
): Promise<void> {
  await serveApiCall(
    exchange,
    context,
    { method: 'countTokens', ...target },
    {
      decide: async (call) => {
        const read = readCountRequest(call.body);
        if (read.kind === 'refused') return refused(read.answer);
        if (read.unknown.length > 0) return refused(unknownFields(read.unknown));
        const found = findModel(target.model, { ...target, method: 'countTokens' }, context.options);
        if (found.kind === 'refused') return refused(found.answer);
        call.entry.servedModel = found.model.id;
        const strike = context.faults.strike('model', call.faultable);
        const error = strike && struckAnswer(strike, faultedCall(call));
        if (error) return error;
        const tokens = promptTokens(read.request);
        const details = [
          { modality: 'TEXT', tokenCount: tokens.text },
          { modality: 'IMAGE', tokenCount: tokens.image },
        ];
        return {
          label: strike ? `fault:${strike.name}` : 'tokens',
          transport: strike?.action.transport,
          answer: googleJson(200, {
            totalTokens: tokens.total,
            promptTokensDetails: details.filter((detail) => detail.tokenCount > 0),
          }),
        };
      },
    },
  );
}
