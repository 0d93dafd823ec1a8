/**
 * What should not be in the picture. There is no negative prompt, and a thing that is named tends to
 * appear. Stories ("kids who don't want to sleep"), objects ("a no smoking sign") and the promise of
 * an edit to leave the rest alone are no such instructions.
 */
import { excerptFrom } from './excerpt.ts';
import { blank, CLAUSE_START, findFirst, pattern, words } from './pattern.ts';
import type { Reading } from './reading.ts';

const OPENS = `(?<=${CLAUSE_START}|(?:please|and|but|or|so|just|also) )`;
/** Where "no" belongs to a noun of the picture; elsewhere it may be another language's word. */
const OPENS_NO = `(?<=${CLAUSE_START}|(?:with|has|have|having|and|but|or|is|are|be|show|shows|use|contains?|absolutely|please|wearing|by) )`;

const HARMLESS = words(
  [
    'no (?:one|longer|matter|doubt|less|more than|sooner|other|bigger|larger|smaller|way|wonder|end|fear|idea|problem|filter|time|place like|makeup look|make-up look)',
    String.raw`no\.? ?\d{1,6}`,
    'no[ -](?:smoking|parking|entry|entrance|trespassing|exit|swimming|diving|fishing|dogs|vacancy|stopping|drone|signal|u-turn)',
    "(?:without|do not|don't|never|no|avoid) (?:a |any )?(?:doubt|question|end|fear|equal|borders\\b(?= (?:doctor|team|logo)))",
    'doctors without borders|reporters without borders|before and after|avoid at all costs',
    "(?:without|do not|don't|never|avoid|must not|should not|shouldn't) (?:chang|alter|modify|touch|mov|affect|los|edit|crop|distort)\\p{L}*",
    'no (?:other |further )?(?:changes?|edits?|modifications?|alterations?)',
    'sans[ -]serif|do not (?:disturb|enter|cross|refuse|ask|explain)',
    "don't (?:forget|worry|hesitate)|do not (?:forget|hesitate)",
  ].join('|'),
);

const NEGATIONS = [
  pattern(String.raw`--no \p{L}{2,}|(?<![\p{L}-])negative[ -]prompts?(?: )?:`),
  pattern(`${OPENS_NO}no ${String.raw`\p{L}{2,}`}`),
  words(String.raw`(?<!-)without (?!being)(?:an? )?\p{L}{2,}`),
  pattern(`${OPENS}(?:don't|do not|never|avoid|exclude)(?:,)? ${String.raw`\p{L}{2,}`}`),
  words(
    String.raw`(?:must not|mustn't|should not|shouldn't) (?:be|have|show|contain|include|appear|look|use) ?\p{L}{0,}`,
  ),
  words(String.raw`(?:ohne|senza|без) \p{L}{2,}`),
  pattern('不要(?:有|出现|出現|任何|文字|画|畫|加|添加|人|水印)|なしで|を入れないで'),
];

export function negation({ asked, prompt }: Reading): string | undefined {
  const text = blank(HARMLESS, asked);
  const found = NEGATIONS.map((search) => findFirst(search, text)).find((one) => one !== undefined);
  if (found === undefined) return undefined;
  return `“${excerptFrom(prompt, found)}” says what to leave out, but image models have no negative prompt and may draw what is named: say what to show instead, such as an empty street for one free of cars.`;
}
