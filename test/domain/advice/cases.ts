/** Ten prompts that a rule must flag and ten that it must leave alone, by rule. */
import type { AdviceRequest, AdviceRule } from '../../../src/domain/advice/index.ts';
import { CONTENT_CASES } from './content-cases.ts';
import { FORMAT_CASES } from './format-cases.ts';
import { SCENE_CASES } from './scene-cases.ts';
import { TEXT_CASES } from './text-cases.ts';

/** A prompt alone, or with what else the request says. */
export type Case = string | (Partial<AdviceRequest> & { readonly prompt: string });

export interface Cases {
  readonly flagged: readonly Case[];
  readonly quiet: readonly Case[];
}

export const CASES: Readonly<Record<AdviceRule, Cases>> = {
  ...TEXT_CASES,
  ...SCENE_CASES,
  ...CONTENT_CASES,
  ...FORMAT_CASES,
};
