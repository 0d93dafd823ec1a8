/**
 * The rewrite job, as a model would do it that was told what image filters stumble over: names become
 * generic, a person's looks, dress and pose go, an art style is named, goods are shown as goods. Always
 * the same words for the same prompt; fault commands do not survive it.
 */
import { withoutCommands } from '../faults/prompt-commands.ts';
import { BRANDS, CATALOGUE_SHOT, CELEBRITIES, CHARACTERS, STYLES } from './phrases.ts';

export type Technique = 'generic-description' | 'art-style' | 'neutral-person' | 'catalog-context';

export interface Rewritten {
  readonly prompt: string;
  readonly techniques: readonly Technique[];
}

const DRESS = 'bikinis?|swimsuits?|swimwear|lingerie|underwear|thongs?|negligees?|corsets?';
const LOOKS =
  'revealing|seductive(?:ly)?|sultry|provocative(?:ly)?|sexy|sensual(?:ly)?|skimpy|see-through|topless|shirtless|nude|naked|half-naked|barely dressed';
const POSES = 'lying in bed|posing|reclining|arching (?:her|his|their) back|on all fours|bending over';
const PERSON =
  'wom[ae]n|m[ae]n|girls?|boys?|lad(?:y|ies)|guys?|models?|dancers?|actors?|actress(?:es)?|celebrit(?:y|ies)';
const BEFORE = 'young|old|beautiful|pretty|attractive|hot|gorgeous|tall|very';
const CATALOGUE =
  /\b(products?|catalog(?:ue)?|(?:web)?shop|store|e-?commerce|listing|for sale|merchandise|packshot)\b/i;

/** `wearing a red bikini`, `in a very revealing dress`: from the preposition to the garment. */
const WEARS = pattern(
  `\\s*\\b(?:wearing|dressed in|in)\\s+(?:(?:an?|the|her|his|their)\\s+)?(?:[\\w-]+\\s+){0,3}?(?:${DRESS})`,
);
const WEARS_SO = pattern(
  `\\s*\\b(?:wearing|dressed in|in)\\s+(?:(?:an?|the|her|his|their)\\s+)?(?:[\\w-]+\\s+)?(?:${LOOKS})(?:\\s+[\\w-]+)?`,
);

export function rewrite(prompt: string): Rewritten {
  const plain = withoutCommands(prompt);
  const catalogue = CATALOGUE.test(plain);
  const used = new Set<Technique>();
  const swap = (text: string, what: RegExp, by: string, technique: Technique): string => {
    const swapped = text.replace(what, by);
    if (swapped !== text) used.add(technique);
    return swapped;
  };
  let text = swap(plain, named(CELEBRITIES), 'a person', 'neutral-person');
  for (const { names, generic } of CHARACTERS)
    text = swap(text, named(names), `a ${generic}`, 'generic-description');
  for (const { names, generic } of BRANDS)
    text = swap(text, pattern(names.map(literal).join('|')), generic, 'generic-description');
  // Who sells a garment keeps the garment; who shows a person loses it.
  if (!catalogue) text = swap(text, WEARS, '', 'neutral-person');
  if (!catalogue) text = swap(text, WEARS_SO, '', 'neutral-person');
  text = swap(text, pattern(DRESS), catalogue ? 'garment' : 'outfit', 'generic-description');
  text = swap(text, pattern(`(?:${LOOKS}|${POSES})`), '', 'generic-description');
  if (used.size > 0)
    text = swap(
      text,
      pattern(`(?:an?\\s+|the\\s+)?(?:(?:${BEFORE})\\s+)*(?:${PERSON})`),
      'a person',
      'neutral-person',
    );
  text = tidy(text);

  const style = STYLES.find((one) => !text.toLowerCase().includes(one));
  if (style !== undefined) used.add('art-style');
  const shot = catalogue && !text.includes(CATALOGUE_SHOT) ? CATALOGUE_SHOT : undefined;
  if (shot !== undefined) used.add('catalog-context');
  const parts = [text === '' ? 'a friendly scene' : text, style, shot];
  return { prompt: parts.filter((part) => part !== undefined).join(', '), techniques: [...used] };
}

function pattern(source: string): RegExp {
  return new RegExp(`${source.startsWith('\\s') ? '' : '(?<![\\w-])'}(?:${source})(?![\\w-])`, 'gi');
}

/** A name with the article before it: "the Mickey Mouse" is one figure. */
function named(names: readonly string[]): RegExp {
  return pattern(`(?:(?:an?|the)\\s+)?(?:${names.map(literal).join('|')})`);
}

function literal(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Closes the gaps that words leave behind, and the articles they stood after. */
function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\b(an?|the)\s+(?=(?:an?|the)\s)/gi, '')
    .replace(/\s+([,.;!?])/g, '$1')
    .replace(/([,;])(?:\s*[,;])+/g, '$1')
    .replace(/\b(?:in|with|wearing|and|an?|the)(?=[,.;]|$)/gi, '')
    .replace(/\s+([,.;!?])/g, '$1')
    .replace(/^[\s,.;]+|[\s,.;]+$/g, '');
}
