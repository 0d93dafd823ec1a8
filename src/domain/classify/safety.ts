/** Which filter refused, and what it named: categories new to this version are kept as they came. */
import type { Branch } from '../branch.ts';
import type { SafetyDetail } from '../classification.ts';
import type { SafetyRating } from '../response-ratings.ts';

const WEIGHT: Readonly<Record<string, number>> = { NEGLIGIBLE: 0, LOW: 1, MEDIUM: 2, HIGH: 3 };

/** The rating that decided: one marked as blocked, else the likeliest that is not negligible. */
export function safetyDetail(branch: Branch, ratings: readonly SafetyRating[]): SafetyDetail | undefined {
  const layer = branch === 'safety-prompt' ? 1 : branch === 'safety-image' ? 2 : undefined;
  if (layer === undefined) return undefined;
  // A probability that is new to us outweighs the known ones: it must not be lost.
  const weight = ({ probability }: SafetyRating): number =>
    probability === undefined || probability === 'HARM_PROBABILITY_UNSPECIFIED'
      ? 0
      : (WEIGHT[probability] ?? 4);
  const worst =
    ratings.find(({ blocked }) => blocked === true) ??
    [...ratings].sort((a, b) => weight(b) - weight(a)).find((rating) => weight(rating) > 0);
  return {
    layer,
    ...(worst?.category === undefined ? {} : { category: worst.category }),
    ...(worst?.probability === undefined ? {} : { probability: worst.probability }),
  };
}

/** Ratings that a text mentions: `HARM_CATEGORY_X: HIGH`, or the category alone. */
export function ratingsInText(text: string): SafetyRating[] {
  const found = text.matchAll(
    /\b(HARM_CATEGORY_[A-Z_]+)(?:['"\s:,]+(?:probability['"\s:]+)?(LOW|MEDIUM|HIGH|NEGLIGIBLE)\b)?/g,
  );
  return [...found].map(([, category = '', probability]) => ({
    category,
    ...(probability === undefined ? {} : { probability }),
  }));
}
