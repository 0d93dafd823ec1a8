/**
 * Search attributes of a generation, by name and type. A server that lacks one never blocks a
 * generation: only those that a probe listed are ever set.
 */
export const SEARCH_ATTRIBUTES = {
  GeminiBranch: 'Keyword',
  GeminiPhase: 'Keyword',
  GeminiModel: 'Keyword',
  GeminiRoute: 'Keyword',
  GeminiSession: 'Keyword',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;
