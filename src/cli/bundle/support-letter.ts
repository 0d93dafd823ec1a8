/** The README of a bundle: what a supporter needs first, and what to ask them. */
import type { Branch } from '../../domain/branch.ts';
import { costWords, trailTable } from '../trail-words.ts';
import type { CollectedAttempt, CollectedCase } from './collect.ts';
import { idsOf } from './evidence-file.ts';

const QUESTIONS: Readonly<Partial<Record<Branch, string>>> = {
  'quota-minute': 'which limit per minute these calls met, its value for this project, and how to raise it',
  'quota-day':
    'which daily limit these calls met, its value for this project, when it resets, and how to raise it',
  'quota-zero': 'why this project has no quota for the model, and what tier or setting gives it one',
  'quota-unknown': 'whether a limit of this project or shared capacity refused these calls',
  'spend-window': 'which spend limit these calls met, and how to raise it',
  billing: 'what is wrong with the billing of this project',
  capacity: 'whether the model was overloaded at these times, and what capacity this project can count on',
  internal: 'what went wrong inside for these calls',
  timeout: 'why these calls were not answered in time',
  'no-image': 'why these calls came back without an image, and whether they were billed',
  'safety-prompt': 'which filter stopped this prompt',
  'safety-image': 'which filter withheld these images, and whether they were billed',
  permission: 'why the credential with this hash may not call this model',
  region: 'why this project or address counts as outside the supported regions',
  'model-gone': 'since when the model is gone for this project, and what replaces it',
  signature: 'why the thought signatures in these calls were refused',
  file: 'why these files were refused',
};
const ANY_QUESTION = 'what happened to these calls, and whether they were billed';

export function supportLetter(found: CollectedCase, hidden: boolean): string {
  const { sight, attempts, request } = found;
  const { id, description, ending, trail } = sight;
  const failure = ending?.kind === 'failed' ? ending.error : undefined;
  const cost = ending?.kind === 'done' ? ending.result.cost : (failure?.failure.cost ?? description?.cost);
  const verdict = failure === undefined ? undefined : `${failure.branch}/${failure.reason}`;
  const last = attempts.findLast(({ evidence }) => evidence !== undefined)?.evidence;
  const account = last?.path?.route?.account;
  const question = QUESTIONS[(failure?.branch ?? last?.verdict?.branch) as Branch] ?? ANY_QUESTION;
  return [
    'EVIDENCE OF A GENERATION OF IMAGES WITH GEMINI',
    '',
    ...facts([
      ['generation', id],
      ['run', description?.runId],
      [
        'state',
        description === undefined
          ? 'closed, beyond retention'
          : `${description.status}, ${description.phase}`,
      ],
      ['started', description?.startedAt],
      ['ended', description?.closedAt],
      ['error', verdict],
      ['HTTP status', failure?.classification.httpStatus ?? last?.outcome?.status],
      ['message', failure?.classification.message],
      ['project', account?.project],
      ['endpoint', account?.baseUrl],
      [
        'credential',
        account?.credential && `${account.credential} (of the key's SHA-256; the key is not here)`,
      ],
      ['model', last?.path?.route?.model ?? request?.model],
      ['cost', cost && costWords(cost)],
    ]),
    '',
    'WHAT TO ASK',
    `  Please tell us ${question}.`,
    '  The calls are numbered below with their times and ids; their answers are under attempts/.',
    '',
    'CALLS (times in UTC)',
    ...(attempts.length === 0 ? ['  none was made'] : attempts.flatMap(callLines)),
    '',
    ...(trail.length === 0 ? [] : ['STORY', ...trailTable(trail).map((line) => `  ${line}`), '']),
    'FILES',
    '  attempts/<n>/evidence.json   what was concluded, from what',
    '  attempts/<n>/response.*      the answer as it came; image data as digest and length',
    '  attempts/<n>/headers.json    its headers',
    '  attempts/<n>/records.json    when the call was sent and settled',
    '  request.json                 what was asked, where it is still known',
    '  description.json, trail.json, decisions.json',
    '',
    'Keys are redacted everywhere.',
    hidden
      ? 'The prompt is left out; words of the model are here and may speak of it.'
      : 'The prompt is in it: `show --without-prompt` leaves it out.',
    '',
  ].join('\n');
}

function callLines({ n, evidence, records }: CollectedAttempt): readonly string[] {
  if (evidence === undefined) {
    const known = Object.keys(records).length === 0 ? 'nothing is left of it' : 'see its records';
    return [`  ${n}  no evidence; ${known}`];
  }
  const { startedAt, tookMs, path, outcome, verdict } = evidence;
  const reason = verdict?.reason === undefined ? '' : `/${verdict.reason}`;
  const how = outcome?.status === undefined ? outcome?.kind : `HTTP ${outcome.status}`;
  const route = [path?.route?.name, path?.route?.model, path?.route?.tier].filter(
    (word) => word !== undefined,
  );
  return [
    `  ${n}  ${startedAt}, ${tookMs} ms, ${how}, ${verdict?.branch}${reason}`,
    ...(route.length === 0 ? [] : [`     ${route.join(', ')}`]),
    ...Object.entries(idsOf(evidence)).map(([name, value]) => `     ${name}: ${value}`),
  ];
}

function facts(rows: readonly (readonly [string, string | number | undefined])[]): readonly string[] {
  return rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`  ${name.padEnd(12)}${String(value).replace(/\s+/g, ' ')}`],
  );
}
