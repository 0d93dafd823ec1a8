/**
 * "Only the letters are wrong": a prompt that corrects them and leaves the rest of the image as it is. The text is
 * quoted by marks that it does not hold itself, line by line, so that no letter of it reads as an instruction.
 */
import type { RequestProblem } from './request-problem.ts';

export interface TextFix {
  /** What it must read, letter for letter; a line break is a line break. */
  readonly right: string;
  /** What it reads now. */
  readonly wrong?: string | undefined;
  /** Where it stands: `the banner over the door`. */
  readonly where?: string | undefined;
  /** Also spell it out, for a second try. */
  readonly spelled?: boolean | undefined;
}

/** A correction stays on its path: another model or other words of the prompt would draw other letters. */
export const FIX_PATH = { allow: 'exact' } as const;

const LONGEST_TEXT = 100;
const LONGEST_WHERE = 200;

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/u;
const NOT_DRAWN = /\p{Cc}/u;
const MARKS = [
  ['“', '”'],
  ['"', '"'],
  ['«', '»'],
  ['‹', '›'],
  ['「', '」'],
  ['『', '』'],
  ['⟦', '⟧'],
  ['❴', '❵'],
] as const;

/** What is wrong with it, field by field; total, a caller may have no compiler. */
export function textFixProblems({ right, wrong, where, spelled }: TextFix): readonly RequestProblem[] {
  const problems = [
    ...textProblems('right', right),
    ...(wrong === undefined ? [] : textProblems('wrong', wrong)),
    ...(where === undefined ? [] : whereProblems(where)),
  ];
  if (spelled !== undefined && typeof spelled !== 'boolean')
    problems.push(problem('spelled', spelled, 'argument', 'must be true or false, or left out'));
  if (problems.length === 0 && right === wrong)
    problems.push(
      problem(
        'wrong',
        wrong,
        'argument',
        'is the same as right; leave it out, or say what the image really reads',
      ),
    );
  return problems;
}

function textProblems(field: string, text: unknown): RequestProblem[] {
  const is = (reason: RequestProblem['reason'], message: string): RequestProblem[] => [
    problem(field, text, reason, message),
  ];
  if (typeof text !== 'string') return is('argument', 'must be a text');
  if (text.trim() === '')
    return is('empty', 'must not be empty; to take a text out of an image, edit it in your own words');
  const length = Array.from(text).length;
  if (length > LONGEST_TEXT)
    return is(
      'too-large',
      `must be at most ${LONGEST_TEXT} characters, and has ${length}; correct one line at a time, or lay the text over the image yourself`,
    );
  if (!text.isWellFormed()) return is('argument', 'must be whole Unicode characters; it holds half of one');
  if (linesOf(text).some((line) => NOT_DRAWN.test(line)))
    return is(
      'argument',
      'holds a control character, such as a tab; put spaces and line breaks in its place',
    );
  if (marksFor(text) === undefined)
    return is('argument', 'holds every kind of quotation mark; correct it in two turns');
  return [];
}

function whereProblems(where: unknown): RequestProblem[] {
  const is = (reason: RequestProblem['reason'], message: string): RequestProblem[] => [
    problem('where', where, reason, message),
  ];
  if (typeof where !== 'string') return is('argument', 'must be a text, or left out');
  if (where.trim() === '') return is('empty', 'must not be empty; leave it out where there is one text only');
  if (Array.from(where).length > LONGEST_WHERE)
    return is('too-large', `must be at most ${LONGEST_WHERE} characters; name the place only`);
  if (!where.isWellFormed() || NOT_DRAWN.test(where) || LINE_BREAK.test(where))
    return is('argument', 'must be one line without control characters');
  return [];
}

function problem(
  field: string,
  value: unknown,
  reason: RequestProblem['reason'],
  message: string,
): RequestProblem {
  const given = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
  return { reason, field, value: given, allowed: message, message };
}

/** Of a fix without problems. */
export function textFixPrompt({ right, wrong, where, spelled = false }: TextFix): string {
  return [
    `Correct only the lettering in this image: it must read exactly ${quoted(right)}.`,
    ...(wrong === undefined ? [] : [`Now it wrongly reads ${quoted(wrong)}.`]),
    ...(where === undefined ? [] : [`It stands here: ${where}.`]),
    ...(spelled ? [`Spelled out, with a slash between words: ${spelledOut(right)}.`] : []),
    'Draw these characters in this order, with the same capitals, accents, spaces and punctuation, and none besides; the outer quotation marks are not part of the text.',
    'Keep its typeface, size, colour and place, and leave everything else in the image exactly as it is.',
  ].join('\n');
}

function linesOf(text: string): readonly string[] {
  return text.split(LINE_BREAK);
}

function marksFor(text: string): (typeof MARKS)[number] | undefined {
  return MARKS.find((marks) => !marks.some((mark) => text.includes(mark)));
}

function quoted(text: string): string {
  const [opens, closes] = marksFor(text) ?? MARKS[0];
  const lines = linesOf(text);
  const [only] = lines;
  if (lines.length === 1) return `${opens}${only}${closes}`;
  const told = lines.map((line, i) => `line ${i + 1} ${line === '' ? 'empty' : `${opens}${line}${closes}`}`);
  return `in ${lines.length} lines: ${told.join(', ')}`;
}

/** An accent stays with its letter. */
function spelledOut(text: string): string {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  return words.map((word) => (word.match(/^\p{M}+|\P{M}\p{M}*/gu) ?? []).join(' ')).join(' / ');
}
