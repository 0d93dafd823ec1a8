/** The refusal that a printed text names, where the answer itself is gone. */
import type { EnumMeaning } from './enums.ts';
import { blockOf, blockWord, faultOf, finishWord, isKnownBlock, refusalOf } from './enums.ts';

export interface Told {
  readonly word: string;
  /** Absent where the word refuses nothing by itself. */
  readonly meaning: EnumMeaning | undefined;
}

const BLOCK_CONTEXTS = [
  /\bblock(?:ed)?[_ ]?reason['"\\]*\s*(?:is\s+|[:=.]\s*)?['"\\]*(?:BlockedReason\.?)?([A-Za-z_]+|\d)\b/i,
  /\b(?:[Pp]rompt|[Rr]esponse|[Rr]equest) (?:was |is )?blocked[^A-Z]{0,30}\b([A-Z][A-Z_]{3,})\b/,
  /\bblocked by (?:the )?gemini(?: api)?:?\s*(?:BlockedReason\.)?([A-Z_]{4,})/i,
];
const FINISH_CONTEXTS = [
  /\bfinish[_ ]?reason['"\\]*\s*(?:is\s+|was\s+|[:=.]\s*)?['"\\]*(?:FinishReason\.?)?([A-Za-z_]+|\d{1,2})\b/i,
  /\b(?:[Cc]andidate|[Cc]ontent|[Oo]utput|[Ii]mage) (?:was |is )?blocked[^A-Z]{0,30}\b([A-Z][A-Z_]{3,})\b/,
];
/** Words that only ever mean a refusal. */
const BARE =
  /(?<![A-Za-z_])(IMAGE_PROHIBITED_CONTENT|PROHIBITED_CONTENT|IMAGE_SAFETY|IMAGE_RECITATION|RECITATION|BLOCKLIST|SPII|MODEL_ARMOR|JAILBREAK|NO_IMAGE|IMAGE_OTHER|MALFORMED_FUNCTION_CALL|MALFORMED_RESPONSE|UNEXPECTED_TOOL_CALL)(?![A-Za-z_])/;

/** Every word that stands where such a word stands, in the spelling of the text. */
const wordsIn = (patterns: readonly RegExp[], text: string): string[] =>
  patterns.flatMap((pattern) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(([, word = '']) => word),
  );

/** The refusal that a text names, if it names one. */
export function toldEnum(text: string): Told | undefined {
  const block = wordsIn(BLOCK_CONTEXTS, text).find(isBlock);
  const blocked = blockWord(block);
  if (blocked !== undefined) return { word: blocked, meaning: blockOf(blocked) };
  const words = [...wordsIn(FINISH_CONTEXTS, text).map(finishWord), BARE.exec(text)?.[1]].filter(
    (word) => word !== undefined,
  );
  const meaningOf = (word: string): EnumMeaning | undefined => refusalOf(word) ?? faultOf(word);
  const word =
    words.find((candidate) => meaningOf(candidate) !== undefined) ?? words.find(isTelling) ?? words[0];
  return word === undefined ? undefined : { word, meaning: meaningOf(word) };
}

/** A word of ours in any spelling, or one new to us that is printed as an enum is. */
function isBlock(printed: string): boolean {
  const word = blockWord(printed);
  if (word === undefined || /^(?:BLOCKED_REASON_)?(?:UNSPECIFIED|UNDEFINED|NONE|NULL)$/.test(word))
    return false;
  return isKnownBlock(word) || /^[A-Z][A-Z_]{3,}$/.test(printed);
}

const isTelling = (word: string): boolean => !/^(?:STOP|OTHER)$/.test(word);
