/** The request itself is at fault: sending it again unchanged cannot succeed. */
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { any, both, code, named, not, row } from './row.ts';

/** Words about a request count only where the status does not speak of load. */
const refusable = (r: Reading): boolean =>
  r.code === undefined || r.code < 429 || r.code === 431 || (!r.by.google && r.code === 500);

const words = (id: string, reason: Parameters<typeof row<'invalid-request'>>[2], pattern: RegExp): Row =>
  row(id, 'invalid-request', reason, 'inferred', both(refusable, pattern));

export const REQUEST_ROWS: readonly Row[] = [
  words(
    'too-many-tokens',
    'too-many-tokens',
    /(?:input |prompt )?tokens? ?(?:count|length)?.{0,40}exceeds? .{0,40}(?:maximum|limit|tokens? allowed)|context[ _]length|maximum (?:context|number of (?:input )?tokens)|too many (?:input )?tokens|prompt is too long/i,
  ),
  words(
    'too-large',
    'too-large',
    /(?:payload|request|body|content|file|image)\b.{0,30}\bsize.{0,30}exceeds|too large|exceeds? (?:the )?(?:maximum |max )?(?:allowed )?(?:size|limit: ?\d{6,})|entity too large|20 ?mb/i,
  ),
  words('ratio', 'ratio', /aspect[ _]?ratio/i),
  words(
    'size',
    'size',
    /image[ _]?size|unsupported resolution|(?:size|resolution) .{0,20}(?:is )?not supported/i,
  ),
  words(
    'thinking',
    'thinking',
    /thinking[ _]?(?:level|budget|mode|config)|budget \d+ is invalid|thinking is not/i,
  ),
  words('unsupported-parameter', 'unsupported', /parameter is (?:only |not )supported in/i),
  words(
    'conflict',
    'argument',
    /conflicting values|mutually exclusive|cannot be (?:set|used|combined) (?:together|with|at the same time)|are not supported for gemini api backend/i,
  ),
  words(
    'mime',
    'mime',
    /(?:unsupported|invalid|unknown) (?:mime|media|file|image|content)[ _-]?(?:type|format)|mime[ _]?type.{0,120}(?:not supported|unsupported|invalid|must be)|(?:image|file) format .{0,40}not supported/i,
  ),
  words(
    'bad-input',
    'bad-input',
    /unable to process input image|provided image is not valid|source image \d* ?too short|base64 decoding failed|(?:invalid|corrupt(?:ed)?|broken|undecodable) (?:input )?(?:image|base64)\b(?!_)|image (?:is |could not be )?(?:corrupt|invalid|decoded?\b|unreadable)|could not (?:decode|read|parse) .{0,20}image|thumbnailer/i,
  ),
  words(
    'too-many-images',
    'argument',
    /too many images|fewer than \d+ images|images? (?:per|in (?:the|your)) (?:request|message|prompt).{0,60}(?:max|limit|at most|exceed)|at most \d+ images?/i,
  ),
  words(
    'role',
    'role',
    /valid role|multiturn|alternat\w+ between|role .{0,40}(?:invalid|not supported|must be)|ends? with (?:a )?user|(?:user|model) role|function call turn/i,
  ),
  words(
    'empty',
    'empty',
    /empty input|contents? (?:is|are) (?:not specified|required|empty)|contents is not specified|must (?:not be empty|have (?:a|at least one) (?:text|contents?|parts?))|(?:empty|missing) (?:prompt|contents?)|(?:prompt|contents?) (?:is required|must not be|cannot be empty|can not be empty|is empty)|at least one (?:contents|part)/i,
  ),
  words(
    'unknown-field',
    'unknown-field',
    /unknown (?:name|field|parameter|argument)|cannot find field|unrecognized (?:field|parameter|argument)|unexpected (?:field|keyword)|no such field|extra inputs/i,
  ),
  words(
    'unsupported',
    'unsupported',
    /(?:is |are )?not enabled for|(?:is |are )?only supported (?:in|on|for|by|with)|not supported (?:in|by|for|on|with) (?:the )?(?:gemini|vertex|this|imagen|model|google)|does not support|do not support|doesn'?t support|(?:feature|parameter|modalit\w+|tool use|function calling|json mode|response_?mime_?type).{0,60}(?:not |un)(?:support|enabl|available|allowed)|cannot be accessed through|only works in|is not implemented|isn'?t supported|only supports?\b|not allowed for this model/i,
  ),
  words(
    'invalid',
    'argument',
    /invalid (?:argument|value|json|request|parameter|cached ?content)|unable to submit request because|request contains an invalid|does not match the model|must be (?:one of|between|less|greater|a valid|set)|out of range|malformed (?:request|input)|bad request body|validation(?: error| failed)|pydantic|field required|参数(?:错误|无效|不合法)/i,
  ),
  row(
    'invalid-code',
    'invalid-request',
    'argument',
    'named',
    both(
      any(
        named(
          'invalid_request',
          'out_of_range',
          'invalid_request_error',
          'parameter_unknown',
          'invalid_parameter',
          'invalid_argument',
        ),
        (r) => r.status === 'INVALID_ARGUMENT' || r.status === 'OUT_OF_RANGE',
      ),
      any(refusable, (r) => r.by.google),
      not(code(401, 403, 404)),
    ),
  ),
];

/** The request field at fault, where it is named or the reason implies it. */
export function fieldOf(reading: Reading, reason: string): string | undefined {
  for (const detail of reading.details) {
    for (const violation of [detail['fieldViolations'], detail['field_violations']].flat()) {
      const field = (violation as { field?: unknown } | undefined | null)?.field;
      if (typeof field === 'string' && field !== '') return field;
    }
  }
  const told =
    /(?:invalid value (?:at|for)|unknown name|cannot find field:?)\s*['"]([\w.[\]]+)['"]/i.exec(
      reading.text,
    )?.[1] ?? /\*\s*GenerateContentRequest\.([\w.[\]]+)/.exec(reading.text)?.[1];
  if (told !== undefined) return told;
  return {
    ratio: 'imageConfig.aspectRatio',
    size: 'imageConfig.imageSize',
    thinking: 'thinkingConfig',
    empty: 'contents',
  }[reason];
}
