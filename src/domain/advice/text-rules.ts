/** Text to be drawn: the less of it, and the plainer told, the likelier it is spelled as asked. */
import { excerpt } from './excerpt.ts';
import { has, words } from './pattern.ts';
import type { Quotation } from './quotation.ts';
import type { Reading } from './reading.ts';

export const MAX_DRAWN_LETTERS = 25;

const TYPOGRAPHY = words(
  [
    String.raw`fonts?|typefaces?|typography|(?:sans[ -])?serif|script|hand-?(?:written|writing|lettered|lettering|painted)`,
    'cursive|calligraph(?:y|ic)|lettering|bold|italics?|(?:block|brush|bubble|chalk|gold|carved|painted) letters?',
    'stencil(?:led|ed)?|embossed|engraved|graffiti|monospaced?|blackletter|gothic|neon|chalk|scrawled',
    'upper-?case|lower-?case|(?:all|small) caps|capitals?|kalligraphie|schriftart|handschriftlich|шрифт(?:ом)?',
  ].join('|'),
);
const TYPOGRAPHY_CJK = /字体|字體|衬线|襯線|フォント|書体|手書き|手写|毛笔|ゴシック|明朝|글씨체/gu;
const PLACEMENT = words(
  [
    'top|bottom|cent(?:er|re|ered|red)|middle|left|right|corner|across|above|below|beneath|under(?:neath)?|along|around',
    '(?:on|over) it|on top|foreground|background',
    'signs?|signboard|billboard|placard|plaque|marquee|labels?|labell?ed|banner|shirt|t-shirt|mug|sticker|badge',
    'speech bubble|name tag|book cover|storefront|chalkboard|captions?|engraved|inscribed|panneau',
    'letrero|cartel|Schild|вывеска|вывеской|табличка',
  ].join('|'),
);
/** Right behind the text: "SALE" on the window. */
const PLACE_FOLLOWS = words('(?:on|over|inside|at|in|onto) (?:the|a|an|its|his|her|their|each)');
const FOLLOWS = 12;
const PLACEMENT_CJK =
  /上|下|左|右|中央|中间|中間|看板|招牌|牌子|横幅|橫幅|证件|徽章|屏幕|封底|墙|壁|封面|表紙|간판/gu;

export function longText({ drawn }: Reading): string | undefined {
  const text = drawn.find(isLong);
  if (text === undefined) return undefined;
  const letters = Array.from(text.text).length;
  return `The text “${excerpt(text.text)}” has ${letters} characters, and beyond ${MAX_DRAWN_LETTERS} letters are often garbled or no image comes at all: shorten it, or set the rest in a layout program.`;
}

/** Typography that is named makes mixed case a choice. */
export function textNotUpper(reading: Reading): string | undefined {
  if (reading.drawn.some(isLong) || tellsTypography(reading)) return undefined;
  const text = reading.drawn.find(isMixedCase);
  if (text === undefined) return undefined;
  return `The text “${excerpt(text.text)}” is in mixed case without a typeface, and capitals are misspelled least: write it in ALL CAPS, or say in which lettering and where it stands.`;
}

/** Never beside `textNotUpper`: one piece of advice about the look of text is enough. */
export function textWithoutPlacement(reading: Reading): string | undefined {
  const { drawn, asked } = reading;
  const text = drawn[0];
  if (text === undefined || drawn.some(isLong) || drawn.some(isMixedCase)) return undefined;
  if (tellsTypography(reading) || has(PLACEMENT, asked) || has(PLACEMENT_CJK, asked)) return undefined;
  if (drawn.some(({ end }) => has(PLACE_FOLLOWS, asked.slice(end, end + FOLLOWS)))) return undefined;
  return `The text “${excerpt(text.text)}” comes without lettering or place, and the model then guesses both: say how it looks and where it stands, such as bold sans-serif along the bottom edge.`;
}

function tellsTypography({ asked }: Reading): boolean {
  return has(TYPOGRAPHY, asked) || has(TYPOGRAPHY_CJK, asked);
}

function isLong({ text }: Quotation): boolean {
  return Array.from(text).length > MAX_DRAWN_LETTERS;
}

/** Addresses, handles and formulas have a case of their own. */
function isMixedCase(quotation: Quotation): boolean {
  const { text } = quotation;
  if (isLong(quotation) || /[@=#]|\p{L}\.\p{L}/u.test(text)) return false;
  return (text.match(/\p{Ll}/gu) ?? []).length >= 2;
}
