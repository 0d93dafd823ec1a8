/**
 * Enumerations that are the subject themselves: "a teapot, a violin, a globe and a skull", in some
 * languages. Each item is an article and a word or two; a list that something wears, has or stands
 * among is no such enumeration, and neither is one of looks and moods.
 */
const SEPARATOR = /\s{0,3}(?:,|、|，|&|(?<=\s)(?:and|plus|und|et|y|e)(?=\s)|[和与及])\s{0,3}/giu;
const LEAD =
  /^(?:(?:please |can you )?(?:draw|paint|create|generate|make|render|show|illustrate) (?:me )?|(?:\S{1,20} ){0,6}?(?:of|showing|depicting|von|de|di) |[^:]{0,40}: ?)/iu;
const ITEM = /^(?:an?|one|ein|eine|einen|un|une|una|uno|um|uma) \S+(?: \S+)?$/iu;
/** The last item may be told at length. */
const LAST_ITEM = /^(?:an?|one|ein|eine|einen|un|une|una|uno|um|uma) \S+/iu;
const CJK_ITEM = /^[一1][只隻匹头頭个個条位名辆座棵]\p{L}{1,4}$/u;
const LAST_CJK_ITEM = /^[一1][只隻匹头頭个個条位名辆座棵]\p{L}/u;
const LOOKS =
  /\b(?:look|mood|feel|feeling|palette|style|background|light|lighting|glow|depth|composition|atmosphere|lens|angle|view|shot|tone|texture|vibe|aesthetic|finish|contrast|colou?r|gradient|sky|sense|touch|hint|effect|layout|shadow|frame|border|little|bit|few|lot)\b/iu;

/** Items of the enumeration that a sentence opens with. */
export function bareList(sentence: string): number {
  const items = sentence.split(SEPARATOR).filter((item) => item.trim() !== '');
  const first = (items[0] ?? '').replace(LEAD, '');
  const rest = items.slice(1);
  if (isCjkItem(first.replace(/^(?:画|畫|请画)/u, ''))) return counted(rest, isCjkItem, LAST_CJK_ITEM);
  return isItem(first) ? counted(rest, isItem, LAST_ITEM) : 0;
}

/** The first item is one already. */
function counted(rest: readonly string[], fits: (item: string) => boolean, last: RegExp): number {
  const bare = countWhile(rest, fits);
  const next = rest[bare];
  return 1 + bare + (next !== undefined && last.test(next) && !LOOKS.test(next) ? 1 : 0);
}

function isItem(text: string): boolean {
  return ITEM.test(text.trim()) && !LOOKS.test(text);
}

function isCjkItem(text: string): boolean {
  return CJK_ITEM.test(text.trim());
}

function countWhile(items: readonly string[], fits: (item: string) => boolean): number {
  const end = items.findIndex((item) => !fits(item));
  return end === -1 ? items.length : end;
}
