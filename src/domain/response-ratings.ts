/** What the provider's filters said of a prompt or of a candidate. */
import { blockWord } from './classify/enums.ts';
import { arrayOf, isRecord, stringOf } from './classify/json.ts';

export interface SafetyRating {
  readonly category?: string;
  readonly probability?: string;
  readonly blocked?: boolean;
}

export interface PromptFeedback {
  readonly blockReason?: string;
  readonly blockReasonMessage?: string;
  readonly safetyRatings: readonly SafetyRating[];
}

export function safetyRatings(value: unknown): SafetyRating[] {
  return arrayOf(value)
    .filter(isRecord)
    .map((rating) => {
      const category = stringOf(rating['category']);
      const probability = stringOf(rating['probability']) ?? stringOf(rating['severity']);
      return {
        ...(category === undefined ? {} : { category }),
        ...(probability === undefined ? {} : { probability }),
        ...(typeof rating['blocked'] === 'boolean' ? { blocked: rating['blocked'] } : {}),
      };
    });
}

export function promptFeedback(value: unknown): PromptFeedback | undefined {
  if (!isRecord(value)) return undefined;
  const blockReason = blockWord(value['blockReason'] ?? value['block_reason']);
  const message = stringOf(value['blockReasonMessage'] ?? value['block_reason_message']);
  return {
    ...(blockReason === undefined ? {} : { blockReason }),
    ...(message === undefined ? {} : { blockReasonMessage: message }),
    safetyRatings: safetyRatings(value['safetyRatings'] ?? value['safety_ratings']),
  };
}
