/**
 * Which quotations are to be drawn as letters: those near a word for lettering. A title that only
 * inspires a picture, a book that somebody reads and a gesture in quotation marks are none.
 */
import { blank, has, words } from './pattern.ts';
import type { Quotation } from './quotation.ts';

const BEFORE = 45;
const AFTER = 30;

const LATIN = words(
  [
    'text|texts|sign|signs|signboard|signage|label|labels|labelled|labeled|caption|captioned|captions',
    'title|titled|subtitle|headline|heading|slogan|tagline|billboard|placard|plaque|marquee',
    'inscription|inscribed|engraved|lettering|letters|the words?|wording|writing|written|write|wrote',
    'say|says|saying|reads|spells|spelling|spelled|speech bubble|name tag|wordmark',
    '(?:sign|banner|poster|board|card|shirt|mug|screen|note|sticker|badge|cap|flag|bottle|window) reading',
    'Schild|Aufschrift|Schriftzug|Titel|Überschrift|texte|titre|panneau|légende|écrit|texto|título|letrero',
    'cartel|dice|scritta|testo|titolo|надпись|надписью|текст|текстом|вывеска|вывеской|заголовок|написано',
  ].join('|'),
);
const CJK =
  /文字|写着|寫著|写有|标题|標題|招牌|牌子|标语|標語|字样|字樣|書かれ|書いた|と書|看板|タイトル|見出し|ラベル|라고 (?:쓰|적)|글자|문구/gu;

/** Words for lettering that mean something else. */
const OTHERWISE = words(
  [
    'sign language|(?:star|zodiac|peace|victory|hand|thumbs up) signs?|title (?:character|role)',
    '(?:who|boy|girl|man|woman|child|he|she|they|mother|father|student) reads|signs? (?:of|that the)',
  ].join('|'),
);
const GESTURE = words('mak(?:es?|ing)|gestur(?:e|es|ing)|hands?|fingers?|flash(?:es|ing)');
/** The quotation is what the picture is about. */
const INSPIRES = words(
  'inspired by|based on|in the spirit of|evok(?:es?|ing)|scene from|adaptation of|illustrat(?:es?|ing|ion (?:of|for))',
);
const NO_TEXT = words(
  String.raw`(?:no|without|without any|avoid|avoid any|zero|free of) (?:visible |added )?(?:text|lettering|letters|words|writing|typography)|text-free|textless|wordless|ohne Text|sans texte|sin texto|без текста`,
);
const SENTENCE_END = /[.!?;\n。！？；]/u;

/** `asked` is the prompt with all of them blanked. */
export function drawnAmong(quotations: readonly Quotation[], asked: string): readonly Quotation[] {
  if (quotations.length === 0 || has(NO_TEXT, asked)) return [];
  return quotations.filter(
    (quotation) => /\p{L}.?\p{L}|\p{N}/u.test(quotation.text) && isDrawn(quotation, asked),
  );
}

function isDrawn({ start, end }: Quotation, asked: string): boolean {
  const before =
    asked
      .slice(Math.max(0, start - BEFORE), start)
      .split(SENTENCE_END)
      .at(-1) ?? '';
  const after = asked.slice(end, end + AFTER).split(SENTENCE_END)[0] ?? '';
  if (has(INSPIRES, before)) return false;
  if (isLettering(before)) return true;
  return isLettering(after) && !has(GESTURE, before);
}

function isLettering(text: string): boolean {
  return has(LATIN, blank(OTHERWISE, text)) || has(CJK, text);
}
