/**
 * Refusals that arrive as an error or as printed text. The enum beats the sentence: the messages of
 * IMAGE_SAFETY also speak of the "Prohibited Use policy".
 */
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { any, both, named, row } from './row.ts';

const told =
  (branch: string, reason?: string) =>
  (r: Reading): boolean => {
    const meaning = r.told?.meaning;
    return meaning?.branch === branch && (reason === undefined || meaning.reason === reason);
  };
const toldWord =
  (...words: readonly string[]) =>
  (r: Reading): boolean =>
    words.includes(r.told?.word ?? '');

export const FILTERED_OUTPUT =
  /generated images? (?:may|might|could) contain unsafe|(?:generated )?images? (?:was|were) filtered out|filtered out (?:\d+ |all )?(?:generated )?images|filtered out images|generated image was filtered|safety filter threshold|image safety filter/i;
export const POLICY_SENTENCE =
  /prohibited use policy|responsible ai practices|sensitive words?\b|violat(?:es?|ed|ing) (?:our|google'?s?|the|content|usage)[\w' ]{0,30}(?:policy|policies|practices|guidelines)|content[_ ]policy(?:[_ ]violation)?|moderation[_ ]blocked|sensitive_words_detected|prompt_blocked|敏感词|违规|违反.{0,12}(?:政策|规定|内容)|内容(?:安全)?审核|审核(?:不|未)通过/i;

export const CONTENT_ROWS: readonly Row[] = [
  row('told-safety-image', 'safety-image', 'image-safety', 'named', told('safety-image')),
  row('told-recitation', 'policy', 'recitation', 'named', told('policy', 'recitation')),
  row('told-blocklist', 'policy', 'blocklist', 'named', told('policy', 'blocklist')),
  row('told-spii', 'policy', 'spii', 'named', told('policy', 'spii')),
  row('told-jailbreak', 'policy', 'jailbreak', 'named', told('policy', 'jailbreak')),
  row('told-model-armor', 'policy', 'model-armor', 'named', told('policy', 'model-armor')),
  row('told-prohibited', 'policy', 'prohibited-content', 'named', told('policy')),
  row('told-safety', 'safety-prompt', 'safety', 'named', told('safety-prompt', 'safety')),
  row('told-block-other', 'safety-prompt', 'other', 'named', told('safety-prompt', 'other')),
  row('told-block-unknown', 'safety-prompt', 'unknown-block', 'inferred', told('safety-prompt')),
  row(
    'told-image-withheld',
    'safety-image',
    'image-other',
    'inferred',
    both(toldWord('IMAGE_OTHER'), any(FILTERED_OUTPUT, POLICY_SENTENCE)),
  ),
  row('told-malformed', 'no-image', 'malformed', 'named', told('no-image')),
  row('told-truncated', 'no-image', 'truncated', 'named', toldWord('MAX_TOKENS')),
  row('told-no-image', 'no-image', 'blank', 'named', toldWord('NO_IMAGE', 'IMAGE_OTHER')),
  row(
    'policy-sentence',
    'policy',
    'prohibited-content',
    'inferred',
    any(
      named('sensitive_words_detected', 'content_policy_violation', 'prompt_blocked', 'moderation_blocked'),
      POLICY_SENTENCE,
    ),
  ),
  row('output-filtered', 'safety-image', 'image-safety', 'inferred', FILTERED_OUTPUT),
  row(
    'content-filter',
    'safety-prompt',
    'other',
    'inferred',
    any(
      named('content_filter'),
      /content[_ ]?filter(?:ed|ing)?\b|(?:blocked|rejected|refused|stopped|flagged) (?:\w+ ){0,4}(?:safety|moderation)\b|safety (?:filters?|system|reasons?|checks?)\b.{0,60}\b(?:blocked|blocking|rejected|refused|triggered|flagged)\b/i,
    ),
  ),
  row(
    'no-image-told',
    'no-image',
    'blank',
    'inferred',
    /\bno (?:generated |output )?images? (?:data |was |were |could be )?(?:generated|found|returned|produced|received)|returned no (?:generated )?(?:images?|candidates|content)|(?:did not|didn't) (?:return|generate|contain|produce|include) (?:an? |any )?(?:edited |generated )?images?|no image data|response (?:contains?|contained|has|had|did) no(?:t contain)? (?:an? )?images?|NoImageGenerated|empty (?:response|candidates|image)|(?:没有|未)(?:返回|生成|获取).{0,6}图/i,
  ),
];
