/**
 * What Gemini's own words for a refusal mean. Enums are data: a value that is new to this version
 * is kept as it came, and read by the words in its name where those are unmistakable.
 */
import type { Branch } from '../branch.ts';
import type { Certainty } from '../classification.ts';
import type { ReasonOf } from '../reason.ts';

export type EnumMeaning = {
  [B in Branch]: { readonly branch: B; readonly reason: ReasonOf<B>; readonly certainty: Certainty };
}[Branch];

const means = <B extends Branch>(
  branch: B,
  reason: ReasonOf<B>,
  certainty: Certainty = 'named',
): EnumMeaning => ({ branch, reason, certainty }) as EnumMeaning;

/** Refusals that mean the same wherever they stand. */
const REFUSALS: Readonly<Record<string, EnumMeaning>> = {
  PROHIBITED_CONTENT: means('policy', 'prohibited-content'),
  IMAGE_PROHIBITED_CONTENT: means('policy', 'prohibited-content'),
  BLOCKLIST: means('policy', 'blocklist'),
  SPII: means('policy', 'spii'),
  RECITATION: means('policy', 'recitation'),
  IMAGE_RECITATION: means('policy', 'recitation'),
  JAILBREAK: means('policy', 'jailbreak'),
  MODEL_ARMOR: means('policy', 'model-armor'),
  SAFETY: means('safety-prompt', 'safety'),
};

const FINISHES: Readonly<Record<string, EnumMeaning>> = {
  ...REFUSALS,
  IMAGE_SAFETY: means('safety-image', 'image-safety'),
  MISSING_THOUGHT_SIGNATURE: means('signature', 'missing'),
};

/** Faults of the model's own output; an image beside one of these is not to be trusted. */
const FAULTS: Readonly<Record<string, EnumMeaning>> = {
  MALFORMED_FUNCTION_CALL: means('no-image', 'malformed'),
  MALFORMED_RESPONSE: means('no-image', 'malformed'),
  UNEXPECTED_TOOL_CALL: means('no-image', 'malformed'),
  TOO_MANY_TOOL_CALLS: means('no-image', 'malformed'),
};

const BLOCKS: Readonly<Record<string, EnumMeaning>> = {
  ...REFUSALS,
  // In the prompt's feedback this is an input image that was refused, not the output filter.
  IMAGE_SAFETY: means('safety-prompt', 'safety'),
  OTHER: means('safety-prompt', 'other'),
};

/** `$alt=json;enum-encoding=int` and older SDKs print numbers. */
const FINISH_NUMBERS = [
  'FINISH_REASON_UNSPECIFIED',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'IMAGE_SAFETY',
] as const;
const BLOCK_NUMBERS = [
  'BLOCKED_REASON_UNSPECIFIED',
  'SAFETY',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'IMAGE_SAFETY',
] as const;

function spelling(value: unknown, numbers: readonly string[]): string | undefined {
  if (typeof value === 'number') return numbers[value] ?? String(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const word = value.trim();
  if (/^\d+$/.test(word)) return numbers[Number(word)] ?? word;
  // `FinishReasonImageSafety`, `finishReason.image_safety`, `imageSafety` are other SDKs' spellings.
  const bare = word.replace(/^(?:\w+\.)?(?:finish|block(?:ed)?)_?reason[._]?/i, '');
  const snake = (bare === '' ? word : bare).replace(/([a-z])([A-Z])/g, '$1_$2').replace(/[\s-]+/g, '_');
  return snake.toUpperCase();
}

export function finishWord(value: unknown): string | undefined {
  return spelling(value, FINISH_NUMBERS);
}

export function blockWord(value: unknown): string | undefined {
  return spelling(value, BLOCK_NUMBERS);
}

/** A finish reason that forbids delivery, whatever else came with it; undefined for all others. */
export function refusalOf(finish: string): EnumMeaning | undefined {
  if (Object.hasOwn(FINISHES, finish)) return FINISHES[finish];
  if (Object.hasOwn(FAULTS, finish)) return undefined;
  return byName(finish);
}

export function faultOf(finish: string): EnumMeaning | undefined {
  if (Object.hasOwn(FAULTS, finish)) return FAULTS[finish];
  return /MALFORMED|INVALID/.test(finish) ? means('no-image', 'malformed', 'inferred') : undefined;
}

export function isKnownBlock(block: string): boolean {
  return Object.hasOwn(BLOCKS, block);
}

export function blockOf(block: string): EnumMeaning {
  const known = Object.hasOwn(BLOCKS, block) ? BLOCKS[block] : undefined;
  return known ?? byName(block) ?? means('safety-prompt', 'unknown-block');
}

/** Values of a later version: their names say whether delivering would be wrong. */
function byName(word: string): EnumMeaning | undefined {
  if (/PROHIBIT|POLICY|BLOCKLIST|SPII|CSAM/.test(word))
    return means('policy', 'prohibited-content', 'inferred');
  if (/RECITATION|COPYRIGHT/.test(word)) return means('policy', 'recitation', 'inferred');
  if (/IMAGE.*SAFETY|SAFETY.*IMAGE/.test(word)) return means('safety-image', 'image-safety', 'inferred');
  if (/SAFETY|UNSAFE/.test(word)) return means('safety-prompt', 'safety', 'inferred');
  return undefined;
}
