/**
 * The true success: thoughts and drafts, then words, then the final picture last, signed. Every other
 * shape is made from this one by a preset.
 */
import type { Tokens } from '../ledger.ts';
import type { ModelFacts } from '../models.ts';
import type { Picture } from '../picture/picture.ts';
import { draw, sha256 } from '../random.ts';
import type { PromptTokens } from '../request/tokens.ts';
import { signPart } from '../signatures.ts';
import { usageMetadata } from '../usage.ts';
import type { ResponseBody, ResponsePart } from './body.ts';

export interface Generated {
  readonly model: ModelFacts;
  readonly seed: string;
  /** Number of the call, part of the response id. */
  readonly n: number;
  readonly prompt: string;
  readonly modalities: readonly string[];
  readonly includeThoughts: boolean;
  readonly tier: string;
  readonly tokens: Tokens;
  readonly promptTokens: PromptTokens;
  readonly drafts: readonly Picture[];
  /** Absent: an answer in words. */
  readonly final?: Picture;
}

const OPENINGS = ['Here is the picture', 'Here you go: the picture', 'I drew the picture'];

export function generateResponse(made: Generated): ResponseBody {
  return {
    candidates: [{ content: { parts: parts(made), role: 'model' }, finishReason: 'STOP', index: 0 }],
    usageMetadata: usageMetadata(made.tokens, made.promptTokens, made.tier),
    modelVersion: made.model.id,
    responseId: responseId(made.seed, made.n),
  };
}

export function responseId(seed: string, n: number): string {
  return Buffer.from(sha256(`${seed} response ${n}`), 'hex')
    .subarray(0, 16)
    .toString('base64url');
}

function parts(made: Generated): ResponsePart[] {
  const { model, seed, final } = made;
  const signs = model.family === 'gemini-3';
  const list: ResponsePart[] = [];
  if (made.includeThoughts && made.tokens.thoughts > 0) {
    list.push({
      text: '**Composing the scene**\n\nI settle subject, light and layout first.',
      thought: true,
    });
  }
  for (const draft of made.drafts) list.push({ inlineData: inline(draft), thought: true });
  if (made.modalities.includes('TEXT') || !final) {
    const text = words(made);
    list.push({ text, ...(signs ? { thoughtSignature: signPart(seed, model.id, text) } : {}) });
  }
  if (final) {
    const inlineData = inline(final);
    list.push({
      inlineData,
      ...(signs ? { thoughtSignature: signPart(seed, model.id, inlineData.data) } : {}),
    });
  }
  return list;
}

function words({ prompt, final, seed }: Generated): string {
  if (!final) return 'This is a text answer, as only TEXT was asked for.';
  const opening = OPENINGS[Math.floor(draw(seed, 'opening', prompt) * OPENINGS.length)] ?? OPENINGS[0];
  return `${opening} you asked for: ${prompt.slice(0, 120)}`;
}

function inline(picture: Picture): { mimeType: string; data: string } {
  return { mimeType: picture.mime, data: picture.bytes.toString('base64') };
}
