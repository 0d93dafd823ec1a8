/**
 * Safety triggers in prompts: clearly prohibited phrases are a policy verdict, always; a person with a
 * revealing pose or dress is withheld after drawing, by chance, as the real output filter does.
 */
import { draw } from './random.ts';

export interface SafetyRules {
  /** Share of person-and-pose prompts whose picture is withheld, 0 to 1. */
  readonly imageSafetyRate: number;
  /** Phrases beside the built-in ones that are prohibited. */
  readonly prohibitedPhrases: readonly string[];
}

export type SafetyVerdict = 'prohibited-content' | 'image-safety';

const PROHIBITED = [
  'child abuse material',
  'non-consensual nude',
  'how to build a pipe bomb',
  'synthesise a nerve agent',
  'synthesize a nerve agent',
  'real execution footage',
];

const PERSON = /\b(woman|women|man|men|person|people|model|dancer)\b/i;
const POSE =
  /\b(bikini|lingerie|swimsuit|underwear|topless|shirtless|seductive|sultry|provocative|lying in bed)\b/i;

/** The verdict on a prompt that no fault has struck. `attempt` is how often it was sent, from 1. */
export function judgePrompt(
  prompt: string,
  attempt: number,
  seed: string,
  rules: SafetyRules,
): SafetyVerdict | undefined {
  const lower = prompt.toLowerCase();
  const phrases = [...PROHIBITED, ...rules.prohibitedPhrases.map((phrase) => phrase.toLowerCase())];
  if (phrases.some((phrase) => lower.includes(phrase))) return 'prohibited-content';
  if (!PERSON.test(prompt) || !POSE.test(prompt)) return undefined;
  return draw(seed, 'image-safety', prompt, attempt) < rules.imageSafetyRate ? 'image-safety' : undefined;
}
