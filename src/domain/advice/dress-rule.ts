/**
 * People in revealing clothes or poses: the picture itself is judged after it was made, and what is
 * harmless is caught with the rest. Catalogue context or an art style settles it; for minors there is
 * no such way, only other clothes.
 */
import { excerptFrom } from './excerpt.ts';
import { blank, findFirst, has, words } from './pattern.ts';
import type { Reading } from './reading.ts';

const ADULT =
  'woman|women|man|men|lady|ladies|guy|person|people|couple|she|he|her|him|bride|actress|actor|dancer|influencer|singer|athlete|bodybuilder|(?:fashion|female|male|runway|bikini|lingerie|fitness) models?|models? (?:in|wearing|posing|with)|blonde|brunette|redhead|mother|wife|husband|girlfriend|boyfriend|female|male|Frau|Mann|femme|homme|mujer|hombre|donna|женщина|мужчина|девушка';
const MINOR =
  'girl|girls|boy|boys|child|children|kid|kids|teen|teens|teenager|teenage|toddler|baby|schoolgirl|schoolboy|student|daughter|son|девочка|мальчик';
const NO_POSSESSIVE = "(?!'s?(?![\\p{L}])| doll| statue| mannequin|'s)";

const ADULTS = words(`(?:${ADULT})${NO_POSSESSIVE}`);
const MINORS = words(`(?:${MINOR})${NO_POSSESSIVE}`);
const CJK_ADULTS = /女人|男人|美女|女性|男性|模特|여자|여성|남자/gu;

const REVEALING = words(
  [
    'bikinis?|lingerie|swimsuits?|swimwear|underwear|thong|nude|naked|topless|shirtless|bare-?chested|negligee',
    '(?:transparent|wet) (?:dress|blouse|shirt|t-shirt|gown|skirt)|(?:see-through|sheer|skimpy|low-cut|backless|skin-?tight|tight-fitting|revealing) (?:\\p{L}+ )?(?:dress|top|blouse|shirt|t-shirt|gown|outfit|clothes|clothing|bodysuit|skirt|robe|neckline)',
    'plunging neckline|cleavage|scantily|skimpily|fishnets?|garter belt|bare midriff|mini-?skirt|seductive(?:ly)?|sexy|sultry',
    'provocative(?:ly)?|suggestive (?:pose|look)|spread legs|bent over|Unterwäsche|Dessous|en bikini|бикини|купальнике|нижнем белье',
  ].join('|'),
);
const CJK_REVEALING = /比基尼|内衣|泳装|泳衣|性感|ビキニ|水着|下着|비키니/gu;

/** Colours, animals and vehicles. */
const OTHERWISE = words(
  'naked eye|naked mole-?rat|naked (?:trees?|branches|flame|bulb)|nude (?:heels|shoes|pumps|lipstick|tones?|colou?rs?|palette|make-?up|nails|sandals|pink|beige)|sexy sax|topless (?:jeep|bus|car)|bikini bottom|bikini atoll|bent over (?:a|the|his|her|their|it) (?:\\p{L}+ )?(?:desk|book|table|workbench|map|microscope|engine|stove|keyboard|notebook|bench|bike|plants?)',
);
const SETTLED = words(
  'catalogs?|catalogues?|lookbook|e-?commerce|product (?:photo|photography|shot|page)|mannequin|flat[ -]?lay|watercolou?r|flat vector|vector (?:art|illustration)|oil painting|charcoal|pencil (?:sketch|drawing)|line art|linocut|woodcut|fresco|marble (?:statue|sculpture)|ink drawing|cartoon|comic|pop art|art nouveau|gouache|pastel drawing|low[ -]poly|pixel art|fashion (?:illustration|sketch)|medical (?:illustration|diagram)|anatomical|anatomy',
);

export function personAndDress({ asked, prompt }: Reading): string | undefined {
  const text = blank(OTHERWISE, asked);
  const found = findFirst(REVEALING, text) ?? findFirst(CJK_REVEALING, text);
  if (found === undefined) return undefined;
  const seen = excerptFrom(prompt, { ...found, index: found.index });
  if (has(MINORS, text)) {
    return `“${seen}” describes dress or pose near a young person, which the safety check on pictures refuses: describe ordinary everyday clothes and an everyday activity.`;
  }
  if (!(has(ADULTS, text) || has(CJK_ADULTS, text)) || has(SETTLED, asked)) return undefined;
  return `“${seen}” describes revealing dress or pose of a person, which often ends in IMAGE_SAFETY: leave it out, set the scene as catalogue photography, or name an art style such as watercolor.`;
}
