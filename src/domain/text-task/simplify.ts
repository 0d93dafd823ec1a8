/**
 * Reads how a text model took a prompt apart, and makes the simpler prompts of it: bisection from the
 * whole prompt, which is known to fail, down to the core alone. The first one that gives an image is
 * delivered; what blanked is then among the requirements between it and the one before it.
 */
import { readAnswer } from './answer.ts';
import { sameWords } from './rewrite.ts';

export type Simplification =
  | {
      readonly ok: true;
      readonly core: string;
      /** Most important first. */
      readonly requirements: readonly string[];
      /** How many of them each prompt keeps, in the order in which they are tried. */
      readonly keeps: readonly number[];
      readonly prompts: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

const MOST_REQUIREMENTS = 12;

export function readSimplification(answer: string, original: string): Simplification {
  const read = readAnswer(answer);
  if ('why' in read) return { ok: false, why: read.why };
  const { core, requirements } = read.json;
  if (typeof core !== 'string' || core.trim() === '') return { ok: false, why: 'the core is empty' };
  const asked = (Array.isArray(requirements) ? requirements : [])
    .filter((each): each is string => typeof each === 'string' && each.trim() !== '')
    .map((each) => each.trim())
    .slice(0, MOST_REQUIREMENTS);
  if (sameWords(core, original))
    return { ok: false, why: 'the core is the whole prompt: nothing can be left out' };
  if (core.length > original.length) return { ok: false, why: 'the core is longer than the prompt' };
  const keeps = bisection(asked.length);
  const prompts = keeps.map((kept) => [core.trim(), ...asked.slice(0, kept)].join(', '));
  return { ok: true, core: core.trim(), requirements: asked, keeps, prompts };
}

/** 6 → 3, 1, 0: each keeps half of what the one before it kept. */
export function bisection(requirements: number): readonly number[] {
  const keeps: number[] = [];
  for (let kept = Math.floor(requirements / 2); kept > 0; kept = Math.floor(kept / 2)) keeps.push(kept);
  return [...keeps, 0];
}

/**
 * The requirements of which one blanked the image: those that the delivered prompt leaves out and the
 * simplest one that failed still had.
 */
export function suspects(
  { requirements, keeps }: { readonly requirements: readonly string[]; readonly keeps: readonly number[] },
  delivered: number,
): readonly string[] {
  const kept = keeps[delivered] ?? 0;
  const failed = delivered === 0 ? requirements.length : (keeps[delivered - 1] ?? requirements.length);
  return requirements.slice(kept, failed);
}
