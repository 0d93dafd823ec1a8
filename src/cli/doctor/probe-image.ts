/**
 * One real image, the cheapest the chain can make. It is paid for, so its price is told first and `--yes`
 * is needed; and as it is paid for, it is kept in the store.
 */
import { imageHeader } from '../../artifacts/image-header.ts';
import { openStore } from '../../artifacts/open-store.ts';
import type { Catalogue, ModelEntry } from '../../domain/catalogue.ts';
import { findModel } from '../../domain/catalogue.ts';
import { estimateTokens, worstPriceUsd } from '../../domain/cost.ts';
import { likelyPriceUsd } from '../../domain/estimate.ts';
import type { Size } from '../../domain/request.ts';
import { MODALITIES } from '../../domain/request.ts';
import { readResponse } from '../../domain/response-parts.ts';
import { bytesWords } from '../trail-words.ts';
import type { Finding } from './check.ts';
import { skipped } from './check.ts';
import type { CallRecord, Route } from './verdict.ts';
import { bodyOf, troubleOf, verdictOf } from './verdict.ts';

const PROMPT = 'a small red circle on a white background, flat';

export interface ImageProbe {
  readonly model: string;
  readonly size: Size;
  /** `0.034 USD, at worst 0.113 USD` */
  readonly price: string;
}

/** Undefined where the catalogue has no model of the chain. */
export function cheapestProbe(catalogue: Catalogue, chain: readonly string[]): ImageProbe | undefined {
  const promptTokens = estimateTokens(PROMPT.length, 0);
  const call = ({ sizes: [size] }: ModelEntry) => ({ size, promptTokens, tier: 'standard' as const });
  const [cheapest] = chain
    .flatMap((model) => findModel(catalogue, 'ai-studio', model) ?? [])
    .map((entry) => ({ entry, likely: likelyPriceUsd(entry, call(entry)) }))
    .sort((a, b) => a.likely - b.likely);
  if (cheapest === undefined) return undefined;
  const { entry, likely } = cheapest;
  const worst = worstPriceUsd(entry, call(entry));
  const price = `${likely.toFixed(3)} USD, at worst ${worst.toFixed(3)} USD`;
  return { model: entry.model, size: entry.sizes[0], price };
}

export async function probeImage(
  { gemini }: Route,
  { model, size, price }: ImageProbe,
  storePlace: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const record = await gemini.generate(
    { model, size, tier: 'standard', prompt: PROMPT, inputs: [], modalities: MODALITIES },
    { timeoutMs, signal, attemptId: 'doctor/3' },
  );
  const what = `an image of ${model} at ${size}`;
  const verdict = verdictOf(record, { model });
  if (verdict.branch !== 'success') return troubleOf(what, verdict);
  const bytes = imageOf(record);
  const header = imageHeader(bytes);
  if (header.kind === 'problem') {
    return {
      status: 'failed',
      seen: `${what} came and cannot be used: ${header.problem}`,
      cure: 'try again',
    };
  }
  const { width, height, mime } = header;
  const { sha256 } = await openStore(storePlace).put(bytes, mime);
  return {
    status: 'ok',
    seen: `${what}: ${width}×${height} ${mime}, ${bytesWords(bytes.length)}, in ${record.tookMs} ms for ${price}; kept as sha256:${sha256}`,
    facts: { model, size, width, height, mime, bytes: bytes.length, sha256, tookMs: record.tookMs },
  };
}

export function unpaid({ model, size, price }: ImageProbe): Finding {
  return skipped(
    `an image of ${model} at ${size} would cost ${price}: say --probe-image --yes to pay for it`,
  );
}

function imageOf({ outcome }: CallRecord): Uint8Array {
  const final = outcome.kind === 'answer' ? readResponse(bodyOf(outcome.body)).final : undefined;
  return final?.source.kind === 'inline' ? Buffer.from(final.source.data, 'base64') : new Uint8Array();
}
