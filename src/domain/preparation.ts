/** What was readied for a remedy, or why it could not be; kept by the workflow, read by the policies. */
import type { StoredInput, StoredText } from './request.ts';

/** One prompt that a remedy may send. */
export interface MadePrompt {
  readonly prompt: StoredText;
  /** Without words of the prompt, which travel in the request only (I1): `keeps 3 of 6 requirements`. */
  readonly change: string;
}

export type Preparation =
  | {
      readonly remedy: 'rewrite' | 'simplify';
      readonly ok: true;
      /** In the order in which they are tried; one, for a rewrite. */
      readonly prompts: readonly MadePrompt[];
      /** Ids of what was done: `generic-description`, `art-style` … */
      readonly techniques: readonly string[];
      /** SHA-256 of a {@link PromptRecord}. */
      readonly record: string;
    }
  | {
      readonly remedy: 'smaller-inputs';
      readonly ok: true;
      readonly inputs: readonly StoredInput[];
      readonly change: string;
    }
  | { readonly remedy: 'delete-files'; readonly ok: true; readonly change: string }
  | {
      readonly remedy: 'rewrite' | 'simplify' | 'smaller-inputs' | 'delete-files';
      readonly ok: false;
      readonly why: string;
      /** The provider was in the way, not the answer: one more try is worth it, after `delayMs`. */
      readonly again?: true;
    };

export type PreparedRemedy = Preparation['remedy'];

/** One stretch of a comparison; neither flag: it stayed. */
export interface DiffPart {
  readonly value: string;
  readonly added?: true;
  readonly removed?: true;
}

/** How a prompt was changed, as an artifact beside the prompts: what the caller and the operator read. */
export interface PromptRecord {
  readonly remedy: 'rewrite' | 'simplify';
  readonly model: string;
  readonly techniques: readonly string[];
  readonly original: string;
  readonly prompts: readonly {
    readonly sha256: string;
    readonly text: string;
    readonly change: string;
    readonly diff: readonly DiffPart[];
  }[];
  /** Of a simplification, most important first; prompt i keeps the first few. */
  readonly core?: string;
  readonly requirements?: readonly string[];
  readonly keeps?: readonly number[];
}
