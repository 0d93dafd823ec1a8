/** The text model that rewrites and simplifies prompts, and what a call of it may cost. */
export interface TextModelSettings {
  readonly model: string;
  /** USD per million tokens. */
  readonly price: { readonly inputPerMTok: number; readonly outputPerMTok: number };
}

/** An alias, because text model ids die even faster than those of image models; the price is an upper one. */
export const DEFAULT_TEXT_MODEL: TextModelSettings = {
  model: 'gemini-flash-latest',
  price: { inputPerMTok: 1.5, outputPerMTok: 9 },
};

/** Tokens: an instruction with a long prompt, and an answer with its thinking. */
const WORST_TEXT_CALL = { input: 4_000, output: 8_192 } as const;

export function worstTextUsd({ price }: TextModelSettings): number {
  const { input, output } = WORST_TEXT_CALL;
  return (input * price.inputPerMTok + output * price.outputPerMTok) / 1_000_000;
}
