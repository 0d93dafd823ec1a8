/** A prompt as every rule reads it: once, with its quotations told from its instructions. */
import type { AdviceRequest } from './advice.ts';
import { drawnAmong } from './drawn-text.ts';
import type { Quotation } from './quotation.ts';
import { quotationsIn, withoutQuotations } from './quotation.ts';

/** Three texts of the same length: what is found in one is at the same place in the others. */
export interface Reading {
  readonly request: AdviceRequest;
  readonly prompt: string;
  /** Quotations that are to be drawn as letters. */
  readonly drawn: readonly Quotation[];
  /** Without text to be drawn. */
  readonly undrawn: string;
  /** Without any quotation: what is asked for. */
  readonly asked: string;
}

export function readingOf(request: AdviceRequest): Reading {
  const prompt = unwrapped(request.prompt.toWellFormed());
  const quotations = quotationsIn(prompt);
  const asked = straight(withoutQuotations(prompt, quotations));
  const drawn = drawnAmong(quotations, asked);
  return { request, prompt, drawn, undrawn: straight(withoutQuotations(prompt, drawn)), asked };
}

/** One kind of apostrophe: "don’t" is "don't". */
function straight(text: string): string {
  return text.replace(/[’ʼ]/gu, "'");
}

/** A prompt that was pasted with its quotation marks is no quotation. */
function unwrapped(prompt: string): string {
  const trimmed = prompt.trim();
  const whole = quotationsIn(trimmed.slice(0, 2_000))[0];
  const isWhole = whole?.start === 0 && whole.end === trimmed.length;
  return isWhole ? trimmed.slice(1, -1) : prompt;
}
