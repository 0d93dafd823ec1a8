/**
 * Which limits a 429 names. One answer may list a minute's, a day's and a token limit together, and
 * its RetryInfo then speaks for the shortest: the worst violation decides (zero > day > minute).
 * Limits come as QuotaFailure, as ErrorInfo metadata, or only as words.
 */
import type { QuotaViolation } from '../classification.ts';
import type { Json } from './json.ts';
import { arrayOf, integerOf, isRecord, stringOf } from './json.ts';

export interface QuotaEvidence {
  readonly details: readonly Json[];
  readonly text: string;
  /** The model that was asked. */
  readonly model: string | undefined;
}

/** Worst first. */
const SEVERITY: readonly QuotaViolation['window'][] = ['storage', 'zero', 'day', 'minute', 'other'];

interface Limit {
  readonly quotaId?: string | undefined;
  readonly metric?: string | undefined;
  readonly limit?: number | undefined;
  readonly model?: string | undefined;
  readonly words: string;
}

export function violationsIn({ details, text, model }: QuotaEvidence): QuotaViolation[] {
  const named = details.flatMap(limitsOfDetail);
  const told = [...metricLines(text), ...namedLimits(text), ...vertexMetrics(text)];
  const loose = named.length > 0 ? [] : [...literalIds(text), ...protoText(text)];
  const limits = [...named, ...told, ...loose];
  // Google leaves a zero out of its JSON, so a missing value means nothing by itself; on an image
  // model's free tier, which has no quota at all, it means zero.
  const valued = limits.some(({ limit }) => limit !== undefined && limit > 0);
  return distinct(limits.map((limit) => violationOf(limit, !valued && isFreeImage(limit, model))));
}

/** A message repeats its limits, and a debug entry repeats the message; a verdict stays small (I1). */
const MOST_VIOLATIONS = 10;

function distinct(violations: readonly QuotaViolation[]): QuotaViolation[] {
  const seen = new Map(violations.map((violation) => [JSON.stringify(violation), violation]));
  return [...seen.values()]
    .sort((a, b) => SEVERITY.indexOf(a.window) - SEVERITY.indexOf(b.window))
    .slice(0, MOST_VIOLATIONS);
}

function violationOf(limit: Limit, freeImage: boolean): QuotaViolation {
  const words = `${limit.quotaId ?? ''} ${limit.metric ?? ''} ${limit.words}`;
  const zero = limit.limit === 0 || freeImage;
  return {
    ...(limit.quotaId === undefined ? {} : { quotaId: limit.quotaId }),
    ...(limit.metric === undefined ? {} : { metric: limit.metric }),
    ...(limit.limit === undefined ? (freeImage ? { limit: 0 } : {}) : { limit: limit.limit }),
    ...(limit.model === undefined ? {} : { model: limit.model }),
    window: windowOf(words, zero),
    unit: unitOf(words),
  };
}

function windowOf(words: string, zero: boolean): QuotaViolation['window'] {
  if (/file_?storage|storage_?bytes|stored_?bytes|StorageBytes/i.test(words)) return 'storage';
  if (zero) return 'zero';
  if (/per_?day|PerDay|\bper day\b|daily|\/day\b/i.test(words)) return 'day';
  if (/per_?minute|PerMinute|\bper minute\b|\/min(ute)?\b|per_?second|PerSecond|qps/i.test(words))
    return 'minute';
  // AI Studio's plain metrics are the minute's; the day's say so in their names.
  if (
    /generate_content_\w*(requests|token_count)|generate_requests_per_model|online_prediction_requests|generate_content_requests|generate_images?_requests|generate content api requests/i.test(
      words,
    )
  ) {
    return 'minute';
  }
  return 'other';
}

function unitOf(words: string): QuotaViolation['unit'] {
  if (/bytes|storage/i.test(words)) return 'bytes';
  if (/token/i.test(words)) return 'tokens';
  if (/images?_?per|ImagesPer|generate_?images?|\bIPM\b|images? generat/i.test(words)) return 'images';
  return /request|qps|predict/i.test(words) ? 'requests' : 'other';
}

function isFreeImage({ quotaId, metric, limit, model: named }: Limit, asked: string | undefined): boolean {
  return (
    limit === undefined &&
    /free_?tier/i.test(`${quotaId ?? ''} ${metric ?? ''}`) &&
    /image|imagen|banana/i.test(named ?? asked ?? '')
  );
}

function limitsOfDetail(detail: Json): Limit[] {
  const failures = arrayOf(detail['violations']).filter(isRecord).map(limitOfViolation);
  const metadata = isRecord(detail['metadata']) ? detail['metadata'] : undefined;
  if (metadata === undefined || !Object.keys(metadata).some((key) => /^quota_(limit|metric)/.test(key))) {
    return failures;
  }
  return [
    ...failures,
    {
      quotaId: stringOf(metadata['quota_limit']),
      metric: stringOf(metadata['quota_metric']),
      limit: integerOf(metadata['quota_limit_value']),
      model: stringOf(metadata['model']) ?? stringOf(metadata['base_model']),
      words: stringOf(metadata['quota_unit']) ?? '',
    },
  ];
}

function limitOfViolation(violation: Json): Limit {
  const dimensions = violation['quotaDimensions'] ?? violation['quota_dimensions'];
  return {
    quotaId: stringOf(violation['quotaId'] ?? violation['quota_id']),
    metric: stringOf(violation['quotaMetric'] ?? violation['quota_metric']),
    limit: integerOf(violation['quotaValue'] ?? violation['quota_value']),
    model: isRecord(dimensions) ? stringOf(dimensions['model'] ?? dimensions['base_model']) : undefined,
    words: [violation['description'], violation['subject']]
      .filter((word) => typeof word === 'string')
      .join(' '),
  };
}

/** `* Quota exceeded for metric: …/generate_content_free_tier_requests, limit: 0, model: …` */
function metricLines(text: string): Limit[] {
  const lines = text.matchAll(
    /Quota exceeded for metric:\s*(?:(?:Queries|Requests) )?([\w./-]+)(?:\s*,\s*limit:\s*(\d+))?(?:\s*,\s*model:\s*([\w./-]+))?/gi,
  );
  return [...lines].map(([, metric, limit, model]) => ({
    metric,
    limit: integerOf(limit),
    model,
    words: '',
  }));
}

/** `Quota exceeded for quota metric 'Generate requests' and limit 'Requests per day'` */
function namedLimits(text: string): Limit[] {
  const lines = text.matchAll(/Quota exceeded for quota metric '([^']+)'(?:\s+and limit '([^']+)')?/gi);
  return [...lines].map(([, metric, words]) => ({ metric, words: words ?? '' }));
}

/** `Quota exceeded for aiplatform.googleapis.com/…_per_minute_per_project_per_base_model with base model: …` */
function vertexMetrics(text: string): Limit[] {
  const lines = text.matchAll(
    /Quota exceeded for ((?:[\w-]+\.)+googleapis\.com\/[\w-]+)(?:\s+with base[ _]model:\s*([\w.-]+\w))?/gi,
  );
  return [...lines].map(([, metric, model]) => ({ metric, model, words: '' }));
}

/** Ids left in JSON that could not be read. */
function literalIds(text: string): Limit[] {
  return [...text.matchAll(/quotaId['"\\]*\s*:\s*['"\\]*([\w-]+)/gi)].map(([, quotaId]) => ({
    quotaId,
    words: '',
  }));
}

/** Protobuf text, as the older Python SDK prints it: `quota_id: "…" … quota_value: 50`. */
function protoText(text: string): Limit[] {
  return [...text.matchAll(/violations\s*\{((?:[^{}]|\{[^{}]*\})*)\}?/g)].map(([, block = '']) => ({
    quotaId: /quota_id:\s*"([^"]+)"/.exec(block)?.[1],
    metric: /quota_metric:\s*"([^"]+)"/.exec(block)?.[1],
    limit: integerOf(/quota_value:\s*(\d+)/.exec(block)?.[1]),
    model: /key:\s*"model"\s*value:\s*"([^"]+)"/.exec(block)?.[1],
    words: '',
  }));
}

/** The violation that decides, or undefined where none was named. */
export function worst(violations: readonly QuotaViolation[]): QuotaViolation | undefined {
  return distinct(violations)[0];
}
