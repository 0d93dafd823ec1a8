/**
 * Size and shape that a prompt speaks of and the request leaves open. Words in a prompt do not change
 * the size, and the shape only sometimes. A poster on the wall and a wide smile ask for neither.
 */
import { excerptFrom } from './excerpt.ts';
import type { Found } from './pattern.ts';
import { blank, findFirst, pattern, words } from './pattern.ts';
import type { Reading } from './reading.ts';

const SCREENS = 'tv|television|monitor|screen|display|camera|projector|microscope|video game|restoration';
const MEDIA =
  'web|website|blog|header|hero|youtube|twitter|linkedin|facebook|discord|twitch|etsy|email|ad|advertising|sale|vinyl|roll-up|trade show|shop|landing page|homepage|christmas|black friday';
const PHONE = 'desktop|phone|mobile|lock ?screen|home ?screen|laptop|computer|iphone|android|tablet|pc|hd|4k';
/** The picture itself, not something that hangs in it. */
const SELF = String.raw`(?:\p{L}[\p{L}-]{0,20} (?<!\b(?:with|on|of|in|near|behind|beside|holding|and|past|under|at) )){0,6}`;

const BIG = [
  words(
    `[48]k(?! (?:\\p{L}+ )?(?:${SCREENS}|run|race))|(?:(?:very|ultra)[ -])?high[ -]res(?:olution)?(?! (?:\\p{L}+ )?(?:${SCREENS}))|hi-?res|300(?: )?dpi`,
  ),
  words(`(?:${PHONE}) wallpaper|wallpaper for (?:(?:my|a|the|your|an) )?(?:${PHONE})`),
  words(
    `(?:${MEDIA}) banner|banner (?:ad|for (?:(?:my|a|an|the|our) )?(?:website|blog|channel|shop|store|homepage|landing page|event|campaign|sale))`,
  ),
  words(
    'print-ready|ready (?:for|to) print|for print(?:ing)?(?! dress)|large[ -]format print|print (?:quality|resolution)|to be printed|will be printed|suitable for print(?:ing)?|printed (?:on|at|as|in) (?:an? )?(?:a[0-5]|canvas|large|poster)|a[0-3] (?:print|poster)|canvas print|poster[ -]sized?|billboard (?:ad|advert|design|for)',
  ),
  pattern(`^(?: )?${SELF}poster(?!\\p{L})(?! (?:bed|board|child|paint|on|hanging|hung))`),
  words(
    'druckfähig|hochauflösend\\p{L}*|haute résolution|alta resolución|alta resolução|alta risoluzione|высоком разрешении|высокого разрешения',
  ),
  pattern(
    '高分辨率|高解像度|高清(?:大图|图片|壁纸|分辨率)|手机壁纸|桌面壁纸|电脑壁纸|スマホ壁紙|デスクトップ壁紙|海报设计|印刷用',
  ),
];

const RATIO = '(?:1:1|2:3|3:2|3:4|4:3|4:5|5:4|9:16|16:9|21:9|16x9|9x16|4x5|16 by 9|9 by 16)';
/** Of these only 9:16 is also a time of day. */
const NO_RATIO = words(
  [
    "(?:clock|watch|time|at|until|from) (?:\\p{L}+ ){0,3}9:16|9:16(?: )?(?:am|pm|a\\.m|p\\.m|o'clock|train)",
    `(?:score|scoreboard|leads?|won|lost|verse|john|luke|mark|matthew|genesis|ends) (?:\\p{L}+ ){0,3}${RATIO}`,
    `${RATIO} (?:scale|score|miniature|mix|win|victory)`,
  ].join('|'),
);
const SHAPES = [
  words(`(?<![:/.])${RATIO}(?![:/.]\\d)|aspect ratio`),
  words(
    'widescreen(?! (?:tv|television|monitor|display))|(?:ultra-?)?wide (?:format|aspect|banner|image|picture|header|canvas)(?! (?:hang|on|over|across|above|strung|is|that|behind)\\p{L}{0,6})',
  ),
  words('(?:portrait|landscape) (?:orientation|format|mode|layout|aspect|ratio)'),
  words(
    '(?:vertical|horizontal|upright) (?:format|orientation|image|poster|composition|layout|banner|picture|photo|crop|aspect|video|story)',
  ),
  words(
    'square (?:format|image|crop|aspect|post|composition|album cover|avatar|thumbnail|layout|picture(?! frame))|panoramic (?:format|image|banner|aspect|crop)',
  ),
  words(
    `(?:instagram|facebook) (?:story|stories|reel)|youtube thumbnail|tiktok cover|(?:${PHONE}) wallpaper|(?:${MEDIA}) banner|banner for (?:(?:my|a|an|the|our) )?(?:website|blog|channel|shop|store|homepage|landing page)|hero image|website header`,
  ),
  words(
    'hochformat|querformat|formato (?:vertical|horizontal|cuadrado|verticale|orizzontale)|format (?:paysage|portrait|carré)|(?:вертикальн|горизонтальн|квадратн)\\p{L}{2,3} (?:формат|ориентаци)\\p{L}{0,3}',
  ),
  pattern(
    '竖版|横版(?!卷轴|过关|闯关|动作|游戏)|(?:竖屏|横屏)(?!智能|手机|游戏)|竖构图|横构图|方形构图|縦長|横長|正方形の画像',
  ),
];

export function sizeUnset({ request, asked, prompt }: Reading): string | undefined {
  if (request.size !== undefined) return undefined;
  const found = firstOf(BIG, asked);
  if (found === undefined) return undefined;
  return `“${excerptFrom(prompt, found)}” speaks of a large picture while no size is set, and words do not change the default of 1K: set size to 2K or 4K.`;
}

export function ratioUnset({ request, asked, prompt }: Reading): string | undefined {
  if (request.aspectRatio !== undefined) return undefined;
  const found = firstOf(SHAPES, blank(NO_RATIO, asked));
  if (found === undefined) return undefined;
  return `“${excerptFrom(prompt, found)}” speaks of a shape while no aspect ratio is set, and the model may ignore the words: set aspectRatio.`;
}

function firstOf(searches: readonly RegExp[], text: string): Found | undefined {
  return searches.map((search) => findFirst(search, text)).find((found) => found !== undefined);
}
