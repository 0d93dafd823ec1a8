/**
 * 200s that are not what was asked for: words instead of a picture, nothing at all, drafts only, broken
 * bytes, refusals of every layer; and successes in unusual shapes that a reader must still accept.
 */
import { blockedBy, endedBy, partsOf, withParts } from '../response/body.ts';
import type { ResponseBody, ResponsePart, SafetyRating } from '../response/body.ts';
import { bare, drawn } from './preset.ts';
import type { FaultedCall, PresetTable } from './preset.ts';

const USE_POLICY =
  "Unable to show the generated image. The image was filtered out because it violated Google's [Generative AI Prohibited Use policy](https://policies.google.com/terms/generative-ai/use-policy). You will not be charged for blocked images. Try rephrasing the prompt. If you think this was an error, [send feedback](https://ai.google.dev/gemini-api/docs/troubleshooting).";
const RESPONSIBLE_AI =
  "Unable to show the generated image. The image was filtered out because it violated Google's Responsible AI practices. Try rephrasing the prompt. If you think this was an error, send feedback. Support code: 11030041.";
const WITHHELD =
  'Unable to show the generated image. The model could not generate the image based on the prompt provided. You will not be charged for this request. Try rephrasing the prompt.';

export const SAFETY_RATINGS: readonly SafetyRating[] = [
  { category: 'HARM_CATEGORY_SEXUALLY_EXPLICIT', probability: 'NEGLIGIBLE' },
  { category: 'HARM_CATEGORY_HATE_SPEECH', probability: 'NEGLIGIBLE' },
  { category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' },
  { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true },
];

const ended = (reason: string, message?: string) => (body: ResponseBody) => endedBy(body, reason, message);
const blocked = (reason: string) => (body: ResponseBody) => blockedBy(body, reason, SAFETY_RATINGS);

const says = (text: string) => (body: ResponseBody) => {
  const [first] = withParts(body, [{ text }]).candidates ?? [];
  return { ...body, candidates: [{ ...first, finishReason: 'STOP', index: 0 }] };
};

/** Where only IMAGE was asked, the model cannot speak: a refusal or empty answer is a bare NO_IMAGE. */
const refusal = (body: ResponseBody, call: FaultedCall): ResponseBody =>
  call.modalities.includes('TEXT')
    ? says('I cannot fulfill this request. My purpose is to be helpful and harmless.')(body)
    : endedBy(body, 'NO_IMAGE');

const mapParts =
  (change: (part: ResponsePart, isLast: boolean) => ResponsePart) =>
  (body: ResponseBody): ResponseBody => {
    const parts = partsOf(body);
    return withParts(
      body,
      parts.map((part, at) => change(part, at === parts.length - 1)),
    );
  };

const mapImages = (change: (data: string, mimeType: string) => { data: string; mimeType: string }) =>
  mapParts((part) =>
    part.inlineData ? { ...part, inlineData: change(part.inlineData.data, part.inlineData.mimeType) } : part,
  );

function draftOnly(body: ResponseBody): ResponseBody {
  const parts = partsOf(body).filter((part) => part.inlineData);
  const [draft] = parts;
  return withParts(body, draft ? [{ inlineData: draft.inlineData as never, thought: true }] : []);
}

function unflaggedDrafts(body: ResponseBody): ResponseBody {
  const images = partsOf(body).filter((part) => part.inlineData);
  const last = images.at(-1);
  const drafts = images.map(({ thought: _thought, ...part }) => part);
  return withParts(body, last && drafts.length === 1 ? [{ ...last, thoughtSignature: '' }, last] : drafts);
}

export const RESPONSE_PRESETS = {
  'text-only': bare('words, no picture', 'no-image', says('Here is the picture of what you described.')),
  blank: bare('NO_IMAGE with nothing in it', 'no-image', (body) => ({
    ...body,
    candidates: [{ content: {}, finishReason: 'NO_IMAGE', index: 0 }],
  })),
  refusal: bare('the model declines in words', 'no-image', refusal),
  'no-candidates': bare('an empty list of candidates', 'no-image', (body) => ({ ...body, candidates: [] })),
  'empty-object': bare('200 with {}', 'no-image', () => ({})),
  'draft-only': drawn('a thinking image and no final one', 'no-image', draftOnly),
  'corrupt-image': drawn(
    'image bytes that cannot be decoded',
    'no-image',
    mapImages((data, mimeType) => ({ mimeType, data: corrupted(data) })),
  ),
  'truncated-image': drawn(
    'an image that ends in the middle',
    'no-image',
    mapImages((data, mimeType) => ({ mimeType, data: data.slice(0, Math.floor(data.length / 8) * 4) })),
  ),
  'empty-image': drawn(
    'an image of no bytes',
    'no-image',
    mapImages((_, mimeType) => ({ mimeType, data: '' })),
  ),
  truncated: bare('MAX_TOKENS before the picture', 'no-image', (body) => ({
    ...body,
    candidates: [
      { content: { parts: [{ text: 'Here is' }], role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 },
    ],
  })),
  malformed: bare('MALFORMED_FUNCTION_CALL', 'no-image', ended('MALFORMED_FUNCTION_CALL')),
  'safety-prompt': bare('the prompt is blocked: SAFETY', 'safety-prompt', blocked('SAFETY')),
  'safety-other': bare('the prompt is blocked: OTHER', 'safety-prompt', blocked('OTHER')),
  'safety-finish': bare('the answer is stopped: SAFETY', 'safety-prompt', (body) => {
    const [candidate] = endedBy(body, 'SAFETY').candidates ?? [];
    return { ...body, candidates: [{ ...candidate, safetyRatings: SAFETY_RATINGS }] };
  }),
  'future-block': bare(
    'the prompt is blocked for a reason no version knows',
    'safety-prompt',
    blocked('VIBES'),
  ),
  'image-safety': bare(
    'IMAGE_SAFETY with its finishMessage',
    'safety-image',
    ended('IMAGE_SAFETY', USE_POLICY),
  ),
  'image-other': bare('IMAGE_OTHER with its finishMessage', 'no-image', ended('IMAGE_OTHER', WITHHELD)),
  'prohibited-content': bare('the prompt breaks the use policy', 'policy', blocked('PROHIBITED_CONTENT')),
  'image-prohibited': bare(
    'the picture breaks the use policy',
    'policy',
    ended('IMAGE_PROHIBITED_CONTENT', RESPONSIBLE_AI),
  ),
  'prohibited-with-image': drawn('an image beside a prohibiting reason', 'policy', (body) => {
    const [candidate] = body.candidates ?? [];
    return { ...body, candidates: [{ ...candidate, finishReason: 'IMAGE_PROHIBITED_CONTENT' }] };
  }),
  blocklist: bare('the prompt holds blocked terms', 'policy', blocked('BLOCKLIST')),
  spii: bare('SPII', 'policy', ended('SPII')),
  recitation: bare('RECITATION', 'policy', ended('RECITATION')),
  'image-recitation': bare('IMAGE_RECITATION', 'policy', ended('IMAGE_RECITATION')),
  jailbreak: bare('the prompt was read as a jailbreak', 'policy', blocked('JAILBREAK')),
  'model-armor': bare('Model Armor refuses the prompt', 'policy', blocked('MODEL_ARMOR')),
  'future-enum': bare('a finishReason that no version knows', 'no-image', ended('IMAGE_ESCALATION')),
  'unflagged-drafts': drawn('drafts without the thought flag', 'success', unflaggedDrafts),
  'thought-final': drawn(
    'the only final image is marked as a thought',
    'success',
    mapParts((part, isLast) => (isLast ? { ...part, thought: true } : part)),
  ),
  'empty-part': drawn('an empty part beside the image', 'success', (body) =>
    withParts(body, [{}, ...partsOf(body)]),
  ),
  'smaller-image': {
    ...drawn('a smaller picture than was asked for', 'success', (body) => body),
    size: '512',
  },
  'lying-mime': drawn(
    'a mime type that is not the image’s',
    'success',
    mapImages((data, mimeType) => ({
      data,
      mimeType: mimeType === 'image/png' ? 'image/jpeg' : 'image/png',
    })),
  ),
} as const satisfies PresetTable;

/** Keeps the length and the base64 alphabet, loses every marker an image needs. */
function corrupted(data: string): string {
  return 'Tm90IGFuIGltYWdl'.repeat(Math.ceil(data.length / 16)).slice(0, data.length & ~3);
}
