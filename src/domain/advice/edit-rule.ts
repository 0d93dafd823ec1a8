/**
 * A prompt that speaks of an earlier picture while none is given: the model would draw another one.
 * A picture of somebody who corrects a text is none of this.
 */
import { excerptFrom } from './excerpt.ts';
import { CLAUSE_START, findFirst, pattern, words } from './pattern.ts';
import type { Reading } from './reading.ts';

const OPENS = `(?<=${CLAUSE_START}|(?:please|now|but|and|then|just|can you|could you|you) )`;
const LETTERING =
  'typos?|text|spelling|misspelling|lettering|wording|letters|caption|title|headline|label|misspelled';
const PICTURE = 'image|picture|photo|illustration|poster|design|logo|scene|drawing|cover|banner|one|thing';

const EARLIER = [
  pattern(
    `${OPENS}(?:fix|correct|repair) (?:(?:the|that|this|a|all|any|its|my) )?(?:\\p{L}+ )?(?:${LETTERING})(?!\\p{L})`,
  ),
  pattern(
    `${OPENS}(?:change|replace|update) (?:the|that|its) (?:text|title|caption|spelling|wording|headline|lettering) (?:to|with|so|from|on)(?!\\p{L})`,
  ),
  words(
    `(?<!(?:in|on) (?:the|one) )same (?:${PICTURE})(?: (?:again|as before|as last time))?(?:,)? (?:but|except|only|with the (?:text|spelling|typo|title))`,
  ),
  words('(?:same|as|like) (?:as )?(?:before|last time)(?:,)? (?:but|except|only)'),
  words(`(?:the|your|my) (?:previous|earlier) (?:image|picture|generation|result|output|attempt)`),
  words('is (?:misspelled|misspelt|spelled wrong|spelt wrong)'),
  pattern(`${OPENS}(?:исправь|исправьте) (?:\\p{L}+ )?(?:текст|опечатку|надпись|ошибку)`),
  pattern(
    `${OPENS}(?:corrige|corrigez|korrigiere|korrigier|correggi) (?:le|la|les|el|den|die|il|l')(?: )?(?:texte?|texto|faute|fautes|ortografía|orthographe|Text|Schreibfehler|Rechtschreibung|testo|errore)(?!\\p{L})`,
  ),
  pattern(
    '同(?:样|一张|样的)(?:的)?(?:图片|图|画面)[，,]?但|修正文字|改正错字|把文字改成|文字を(?:修正|直)|同じ(?:画像|絵)で',
  ),
];

export function editRegenerates({ request, asked, prompt }: Reading): string | undefined {
  if (request.inputs > 0) return undefined;
  const found = EARLIER.map((search) => findFirst(search, asked)).find((one) => one !== undefined);
  if (found === undefined) return undefined;
  return `“${excerptFrom(prompt, found)}” speaks of an earlier picture while no input is given, so a new one is drawn with errors of its own: give the earlier picture as input and ask for this one change.`;
}
