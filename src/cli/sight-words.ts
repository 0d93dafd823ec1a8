/** What `show` prints of a generation, for people and as one JSON object. */
import type { Provenance } from '../artifacts/provenance.ts';
import { sessionName, turnOfGeneration } from '../contract/session-id.ts';
import type { Revival } from '../contract/generation.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { DiffPart } from '../domain/preparation.ts';
import { decisionLines } from './decision-words.ts';
import { promptLines } from './diff-words.ts';
import { attemptsTable, endingJson, resultWords, verdictWords } from './ending-words.ts';
import type { Sight } from './look-at.ts';
import { paint } from './output.ts';
import { commandLine } from './invocation.ts';
import { phaseLine, untilWords } from './phase-words.ts';
import { diffOf } from '../client/prompt-texts.ts';
import { questionJson, questionLines } from './question-words.ts';
import { costWords } from './trail-words.ts';
import { wayLines } from './way-words.ts';
import { oneLine } from '../words/one-line.ts';

export function sightJson(sight: Sight, files: readonly string[]): object {
  const { id, description, ending, trail, provenance } = sight;
  const { until, deadlineAt } = description ?? {};
  return {
    id,
    status: statusOf(sight),
    session: turnOfGeneration(id) ?? null,
    phase: description?.phase ?? (ending?.kind === 'failed' ? 'dead' : 'done'),
    why: description?.why ?? '',
    until: iso(until),
    deadline: iso(deadlineAt),
    startedAt: description?.startedAt ?? null,
    closedAt: description?.closedAt ?? null,
    cost: costOf(sight) ?? null,
    trail,
    ways: description?.ways ?? [],
    ask: sight.question === undefined ? null : questionJson(sight.question),
    decisions: decisionsOf(sight),
    revival: description?.revival ?? null,
    publicStatus: description?.publicStatus ?? null,
    workerAnswered: description?.workerAnswered ?? false,
    ending: ending === undefined || ending.kind === 'running' ? null : endingJson(ending, files),
    provenance: provenance.map((each) => each ?? null),
    promptDiff: diffOfSight(sight) ?? null,
  };
}

export function sightWords(sight: Sight, files: readonly string[], now: number): string {
  const { id, description, ending, trail, provenance } = sight;
  const table = attemptsTable(trail);
  if (ending?.kind === 'done') {
    return [
      ...resultWords(ending.result, files),
      ...sessionWords(id),
      ...revivalWords(description?.revival),
      ...provenance.flatMap(provenanceWords),
      ...promptWords(sight),
      ...table,
      ...decisionLines(decisionsOf(sight)),
    ].join('\n');
  }
  const cost = costOf(sight);
  const lines = [`${paint('bold', statusOf(sight))}  ${id}`, ...sessionWords(id)];
  if (description !== undefined) {
    lines.push(`  phase     ${phaseLine(description, now)}`, `  started   ${description.startedAt}`);
    if (description.closedAt !== undefined) lines.push(`  ended     ${description.closedAt}`);
    else if (description.deadlineAt !== undefined)
      lines.push(`  deadline  ${untilWords(description.deadlineAt, now)}`);
    if (description.quiet === true) lines.push(`  go now    ${commandLine(['promote', id, '--why', '…'])}`);
    if (!description.workerAnswered && description.status === 'running')
      lines.push('  note      no worker answered; this is what the server alone knows');
  }
  lines.push(...revivalWords(description?.revival));
  if (cost !== undefined) lines.push(`  cost      ${costWords(cost)}`);
  if (ending?.kind === 'failed') lines.push(...verdictWords(ending.error));
  lines.push(...table, ...decisionLines(decisionsOf(sight)));
  lines.push(...wayLines(description?.ways ?? []));
  if (sight.question !== undefined) lines.push(...questionLines(sight.question, now));
  return lines.join('\n');
}

/** Beyond Temporal's retention the store knows delivered ones and dead letters. */
function statusOf({ description, ending }: Sight): string {
  return description?.status ?? (ending?.kind === 'failed' ? 'failed' : 'completed');
}

function revivalWords(revival: Revival | undefined): readonly string[] {
  if (revival === undefined) return [];
  const { by, why, of, attempts, changed } = revival;
  const what = changed === undefined ? 'unchanged' : `with another ${changed}`;
  return [
    `  revived   by ${by}, ${what}: ${why.replace(/\s+/g, ' ')}`,
    `            after ${attempts} attempts; the dead letter is run ${of}`,
  ];
}

function promptWords({ ending, promptTexts }: Sight): readonly string[] {
  const change = ending?.kind === 'done' ? ending.result.promptChange : undefined;
  if (change === undefined || promptTexts === undefined) return [];
  const { remedy, techniques, record, prompt, change: words } = change;
  const how = techniques.length === 0 ? words : techniques.join(', ');
  return [
    `prompt changed by ${remedy}: ${how}${how === words ? '' : ` (${words})`}`,
    ...promptLines(promptTexts, record, prompt).map((line) => `  ${line}`),
  ];
}

function diffOfSight({ ending, promptTexts }: Sight): readonly DiffPart[] | undefined {
  const change = ending?.kind === 'done' ? ending.result.promptChange : undefined;
  if (change === undefined || promptTexts?.kind !== 'read') return undefined;
  return diffOf(promptTexts.record, change.prompt);
}

/** How it ended keeps them beyond Temporal's retention, and needs no worker. */
function decisionsOf({ description, ending }: Sight): readonly DecisionRecord[] {
  const kept =
    ending?.kind === 'done'
      ? ending.result.decisions
      : ending?.kind === 'failed'
        ? ending.error.failure.decisions
        : undefined;
  return kept ?? description?.decisions ?? [];
}

function provenanceWords(provenance: Provenance | undefined): readonly string[] {
  if (provenance === undefined) return [];
  const { modelAsked, modelVersion, responseId, path, tokens, parents, createdAt } = provenance;
  const answered = modelVersion === undefined ? '' : `, answered by ${modelVersion}`;
  return [
    `  made      ${createdAt} by ${modelAsked}${answered}, ${path.route.tier} tier, ${path.format}`,
    ...(responseId === undefined ? [] : [`  response  ${responseId}`]),
    ...(tokens?.totalTokenCount === undefined ? [] : [`  tokens    ${tokens.totalTokenCount}`]),
    ...parents.map((parent) => `  input     sha256:${parent}`),
  ];
}

function costOf({ description, ending }: Sight): Parameters<typeof costWords>[0] | undefined {
  if (ending?.kind === 'done') return ending.result.cost;
  return ending?.kind === 'failed' ? ending.error.failure.cost : description?.cost;
}

function iso(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}

/** Where it is a turn: of which session, and how to look at that. */
function sessionWords(id: string): readonly string[] {
  const turn = turnOfGeneration(id);
  if (turn === undefined) return [];
  const look = commandLine(['session', 'show', sessionName(turn.session)]);
  return [`  session   turn ${oneLine(turn.turnId)}: ${paint('cyan', look)}`];
}
