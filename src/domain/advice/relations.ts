/**
 * Places told so exactly that a model can miss them. Only sides, corners, measures and "exactly" are
 * exact; "behind the sofa" counts beside them, never on its own.
 */
import { excerptFrom } from './excerpt.ts';
import { findAll, findFirst, words } from './pattern.ts';
import type { Reading } from './reading.ts';

export const MAX_RELATIONS = 2;

const RELATION =
  'above|below|beneath|under|underneath|behind|beside|between|in front of|next to|opposite|left of|right of|to the (?:left|right) of|in the (?:cent(?:er|re)|middle) of|over|on top of';
const UNIT = 'mm|cm|m|meters?|metres?|centimet(?:er|re)s?|inch(?:es)?|ft|feet|px|pixels?|degrees?|%|percent';

const EXACT = [
  `(?:exactly|precisely|directly|immediately|perfectly|midway|halfway|slightly) (?:${RELATION})`,
  '(?:to|on) (?:the|his|her|its|their) (?:far |immediate |upper |lower )?(?:left|right)(?:-hand side)? of',
  '(?:in|at|near|into) (?:the|each|its) (?:far |extreme )?(?:top|upper|bottom|lower)[ -](?:left|right|cent(?:er|re))(?:[ -]hand)?(?: (?:corner|third|quadrant|edge))?',
  String.raw`\d{1,4}(?:\.\d{1,2})?(?: )?(?:${UNIT}) (?:(?:away|apart|up|down|in) )?(?:above|below|beneath|under|behind|beside|apart|to the|in front of|left of|right of|from (?:the|each|its) (?:top|bottom|left|right|edge|border|margin|cent))`,
];
const LOOSE = [
  'on (?:the|his|her|its) (?:far )?(?:left|right)(?: (?:side|half|edge))?(?! (?:arm|hand|wrist|shoulder|leg|foot|cheek|eye|ear))',
  '(?:behind|in front of|next to|beside|above|below|beneath|underneath|under|between|on top of) (?:the|an?|his|her|its|their|them|him|it|two|both|each|that)(?! (?:scenes|wheel|sun|moonlight|stars|rain|waves?|sky|water|age|hood))',
];
const NO_PLACE = String.raw`(?<!(?:from|seen|mix|cross|contrast|balance|viewed|shot)\s{1,4})`;
const CJK_EXACT =
  /(?:左上|右上|左下|右下)角|正(?:上|下|左|右|前|后)方|正中间|[左右]侧\d+|の(?:真上|真下|左隣|右隣)|(?:左上|右上|左下|右下)(?:に|の隅)/gu;

const EXACT_WORDS = words(EXACT.join('|'));
const ANY_WORDS = words(`${NO_PLACE}(?:${[...EXACT, ...LOOSE].join('|')})`);

export function preciseRelations({ asked, prompt }: Reading): string | undefined {
  const exact = findFirst(EXACT_WORDS, asked) ?? findFirst(CJK_EXACT, asked);
  if (exact === undefined) return undefined;
  const count = findAll(ANY_WORDS, asked).length + findAll(CJK_EXACT, asked).length;
  if (count <= MAX_RELATIONS) return undefined;
  return `“${excerptFrom(prompt, exact)}” is one of ${count} exact positions, and with three or more models misplace things or return no image: keep the one or two that matter, or give a sketch as input.`;
}
