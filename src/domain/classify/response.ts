/**
 * The body of a 200. An error inside it is read as an error; then the prompt's feedback, then every
 * candidate's finish reason, and only what none of them forbids may be delivered.
 */
import type { Classification, Verdict } from '../classification.ts';
import type { ImageCheck } from '../evidence.ts';
import { finding } from '../finding.ts';
import type { CandidateFacts } from '../response-candidates.ts';
import type { ImagePart } from '../response-part.ts';
import type { ResponseParts } from '../response-parts.ts';
import type { SafetyRating } from '../response-ratings.ts';
import { readResponse } from '../response-parts.ts';
import { foldStream } from '../response-stream.ts';
import { billedByResponse } from './billing.ts';
import { FILTERED_OUTPUT, POLICY_SENTENCE } from './content-rows.ts';
import type { EnumMeaning } from './enums.ts';
import { blockOf, faultOf, refusalOf } from './enums.ts';
import { integerOf, isRecord, stringOf } from './json.ts';
import { problemOf } from './image-problem.ts';
import { readError } from './reading.ts';
import { row } from './row.ts';
import { safetyDetail } from './safety.ts';
import { classifyReading, TABLE } from './table.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly imageChecks?: readonly ImageCheck[] | undefined;
  readonly model?: string | undefined;
}

export function classifyResponse(answer: Answer): Verdict {
  const plain = typeof answer.body === 'string' ? foldStream(answer.body).plain : undefined;
  if (plain !== undefined) return classifyPlain(answer, plain);
  const response = readResponse(answer.body);
  const context: Context = { answer, response, billed: billedByResponse(response) };
  const file = fileState(context);
  if (file !== undefined) return file;
  if (response.error !== undefined) return classifyInnerError(context);
  return (
    blocked(context) ??
    delivered(context) ??
    refused(context) ??
    unusable(context) ??
    wordsOnly(context) ??
    nothing(context)
  );
}

interface Context {
  readonly answer: Answer;
  readonly response: ResponseParts;
  readonly billed: 'no' | 'possible' | 'yes';
}

type Found = Verdict | undefined;

/** Words, a page or nothing where JSON was due. A relay may have flattened the answer to its text. */
function classifyPlain(answer: Answer, text: string): Verdict {
  const reading = readError({ status: answer.status, headers: answer.headers, body: text });
  const known = { httpStatus: answer.status };
  if (text.trim() === '') {
    return finding('gateway-fault', 'empty-answer', {
      rule: 'empty-body',
      certainty: 'inferred',
      billed: 'possible',
      message: 'the answer has no body',
      ...known,
    });
  }
  if (reading.html) return classifyReading(reading, { ...known, billed: 'possible' });
  const said = { ...known, message: text, billed: 'yes' } as const;
  return CANNED_REFUSAL.test(text)
    ? finding('policy', 'prohibited-content', { rule: 'policy-text', certainty: 'inferred', ...said })
    : finding('no-image', 'text-only', { rule: 'plain-text', certainty: 'inferred', ...said });
}

/** Google's own sentences; a model that talks about policies in its own words is not a verdict. */
const CANNED_REFUSAL =
  /prompt could not be submitted|(?:prompt|input) contains (?:sensitive|prohibited) words|unable to show the generated images?\b[\s\S]{0,80}\b(?:prohibited use policy|responsible ai)/i;

function classifyInnerError({ answer, response }: Context): Verdict {
  const reading = readError({
    body: response.error,
    headers: answer.headers,
    ...(answer.model === undefined ? {} : { model: answer.model }),
  });
  const fallback = row('error-in-200', 'gateway-fault', 'relay-error', 'guessed', () => true);
  const verdict = classifyReading(reading, {}, [...TABLE, fallback]);
  // Parts had been generated before the stream broke off: Google's signature no longer proves it free.
  return {
    ...verdict,
    ...(response.parts.length > 0 ? { billed: 'possible' as const } : {}),
    httpStatus: answer.status,
    ...(reading.code === undefined || reading.code === answer.status ? {} : { upstreamStatus: reading.code }),
  };
}

/** `files.get` answers 200 for a file that cannot be used yet, or ever. */
function fileState({ answer: { body, status } }: Context): Found {
  const file = isRecord(body) && isRecord(body['file']) ? body['file'] : body;
  if (!isRecord(file) || typeof file['name'] !== 'string' || !/^files\//.test(file['name'])) return undefined;
  const state = stringOf(file['state']) ?? 'of unknown state';
  const known = {
    certainty: 'named',
    billed: 'no',
    message: `${file['name']} is ${state}`,
    httpStatus: status,
  } as const;
  if (state === 'FAILED') return finding('file', 'failed', { rule: 'file-state-failed', ...known });
  return finding('file', 'not-ready', { rule: 'file-state', ...known });
}

function blocked({ response, ...context }: Context): Found {
  const feedback = response.promptFeedback;
  if (feedback?.blockReason === undefined) return undefined;
  const message = feedback.blockReasonMessage ?? `prompt blocked: ${feedback.blockReason}`;
  return meant(
    blockOf(feedback.blockReason),
    'block-reason',
    { response, ...context },
    {
      finishReason: feedback.blockReason,
      message,
      ratings: feedback.safetyRatings,
    },
  );
}

function delivered({ answer, response }: Context): Found {
  const { final } = response;
  if (final === undefined) return undefined;
  const cut = response.brokenChunks > 0 && finishOf(response, final) === undefined;
  if (cut || problemOf(final, answer.imageChecks) !== undefined) return undefined;
  return { branch: 'success', rule: 'image', billed: 'yes' };
}

function finishOf({ candidates }: ResponseParts, { candidate }: ImagePart): string | undefined {
  return candidates.find(({ index }) => index === candidate)?.finishReason;
}

/** Any refusal among the candidates; a policy verdict outweighs the others (I14). */
function refused(context: Context): Found {
  const { response } = context;
  const refusals = response.candidates.flatMap((candidate) => {
    const meaning = candidate.finishReason === undefined ? undefined : refusalOf(candidate.finishReason);
    return meaning === undefined ? [] : [{ candidate, meaning }];
  });
  const worst = refusals.find(({ meaning }) => meaning.branch === 'policy') ?? refusals[0];
  if (worst === undefined) return undefined;
  const { candidate, meaning } = worst;
  const withheld =
    meaning.branch === 'policy' && response.images.some((image) => image.candidate === candidate.index);
  const verdict: EnumMeaning = withheld
    ? { branch: 'policy', reason: 'image-withheld', certainty: meaning.certainty }
    : meaning;
  return meant(verdict, 'finish-reason', context, told(candidate, response));
}

function told(candidate: CandidateFacts, response: ResponseParts): Told {
  const text = response.texts.find((part) => part.candidate === candidate.index)?.text;
  return {
    ...(candidate.finishReason === undefined ? {} : { finishReason: candidate.finishReason }),
    message: candidate.finishMessage ?? text ?? `finishReason ${candidate.finishReason ?? 'absent'}`,
    ratings: candidate.safetyRatings,
  };
}

interface Told {
  readonly finishReason?: string;
  readonly message: string;
  readonly ratings: CandidateFacts['safetyRatings'];
}

function meant(meaning: EnumMeaning, rule: string, { answer, billed }: Context, said: Told): Classification {
  const { finishReason, message, ratings } = said;
  const safety = safetyDetail(meaning.branch, ratings);
  return finding(meaning.branch, meaning.reason as never, {
    rule: `${rule}-${meaning.reason}`,
    certainty: meaning.certainty,
    billed,
    message,
    httpStatus: answer.status,
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(safety === undefined ? {} : { safety }),
  });
}

type Blank = Extract<EnumMeaning, { branch: 'no-image' }>['reason'];

function noImage(
  reason: Blank,
  rule: string,
  certainty: EnumMeaning['certainty'],
  context: Context,
): Classification {
  const candidate = context.response.candidates[0];
  const said = candidate === undefined ? { message: 'no candidates' } : told(candidate, context.response);
  return finding('no-image', reason, {
    rule,
    certainty,
    billed: context.billed,
    message: said.message,
    httpStatus: context.answer.status,
    ...('finishReason' in said && said.finishReason !== undefined ? { finishReason: said.finishReason } : {}),
  });
}

/** Something came, and it is no image that may be shown. */
function unusable(context: Context): Found {
  const { answer, response } = context;
  const { final } = response;
  const fault = response.candidates.find(
    ({ finishReason }) => finishReason !== undefined && faultOf(finishReason),
  );
  if (fault !== undefined) return noImage('malformed', 'finish-reason-malformed', 'named', context);
  if (final !== undefined) {
    const corrupt = problemOf(final, answer.imageChecks) === 'corrupt';
    return corrupt
      ? noImage('corrupt-image', 'image-corrupt', 'named', context)
      : noImage('malformed', 'image-malformed', 'inferred', context);
  }
  if (response.images.length > 0) return noImage('draft-only', 'drafts-only', 'named', context);
  if (response.brokenChunks > 0 || response.candidates.some(({ malformed }) => malformed)) {
    return noImage('malformed', 'content-malformed', 'inferred', context);
  }
  if (response.candidates.some(({ finishReason }) => finishReason === 'MAX_TOKENS')) {
    return noImage('truncated', 'finish-reason-max-tokens', 'named', context);
  }
  const filtered = response.candidates.find(
    ({ finishReason, finishMessage = '', safetyRatings }) =>
      /^(?:IMAGE_)?OTHER$/.test(finishReason ?? '') &&
      (FILTERED_OUTPUT.test(finishMessage) ||
        POLICY_SENTENCE.test(finishMessage) ||
        safetyRatings.some(isBlocked)),
  );
  if (filtered !== undefined) {
    const withheld: EnumMeaning = { branch: 'safety-image', reason: 'image-other', certainty: 'inferred' };
    return meant(withheld, 'finish-message', context, told(filtered, response));
  }
  const ratings = response.promptFeedback?.safetyRatings ?? [];
  if (!ratings.some(isBlocked)) return undefined;
  const prompt: EnumMeaning = { branch: 'safety-prompt', reason: 'safety', certainty: 'inferred' };
  return meant(prompt, 'blocked-rating', context, { message: 'prompt blocked by a safety rating', ratings });
}

const isBlocked = ({ blocked }: SafetyRating): boolean => blocked === true;

function wordsOnly(context: Context): Found {
  const { response } = context;
  if (response.texts.length === 0) return undefined;
  const text = response.texts.map((part) => part.text).join('');
  if (CANNED_REFUSAL.test(text)) {
    return finding('policy', 'prohibited-content', {
      rule: 'policy-text',
      certainty: 'inferred',
      billed: context.billed,
      message: text,
      httpStatus: context.answer.status,
    });
  }
  return { ...noImage('text-only', 'text-only', 'inferred', context), message: text };
}

/** No image, no word. What is left says whether Gemini answered at all. */
function nothing(context: Context): Verdict {
  const { answer, response, billed } = context;
  const { body } = answer;
  if (body === null || body === undefined) {
    return finding('gateway-fault', 'empty-answer', {
      rule: 'empty-body',
      certainty: 'inferred',
      billed: 'possible',
      message: 'the answer has no body',
      httpStatus: answer.status,
    });
  }
  if (isRelayBlock(body)) {
    return finding('safety-prompt', 'other', {
      rule: 'relay-null-candidates',
      certainty: 'guessed',
      billed,
      message: 'candidates null with feedback and no output tokens',
      httpStatus: answer.status,
      safety: { layer: 1 },
    });
  }
  if (response.shape !== 'unknown' || isEmpty(body)) {
    const finish = response.candidates[0]?.finishReason;
    return noImage(
      'blank',
      'blank',
      finish === 'NO_IMAGE' || finish === 'IMAGE_OTHER' ? 'named' : 'inferred',
      context,
    );
  }
  // JSON of nobody's shape: a relay's own envelope, or a broken answer.
  const words = isRecord(body) && ['message', 'msg', 'detail', 'success'].some((key) => key in body);
  if (!words) return noImage('malformed', 'shape-unknown', 'guessed', context);
  const fallback = row('not-gemini', 'gateway-fault', 'not-gemini', 'guessed', () => true);
  return classifyReading(readError({ body, headers: answer.headers }), { httpStatus: answer.status }, [
    ...TABLE,
    fallback,
  ]);
}

/** How relays pass on a block at the prompt: null where candidates were, and not one output token. */
function isRelayBlock(body: unknown): boolean {
  if (!isRecord(body) || body['candidates'] !== null || !isRecord(body['promptFeedback'])) return false;
  const usage = isRecord(body['usageMetadata']) ? body['usageMetadata'] : {};
  return integerOf(usage['candidatesTokenCount']) === 0;
}

function isEmpty(body: unknown): boolean {
  return foldStream(body).chunks.every((chunk) => Object.keys(chunk).length === 0);
}
