/** What `show` prints of a generation, for people and as one JSON object. */
import type { Provenance } from '../artifacts/provenance.ts';
import { attemptsTable, endingJson, resultWords, verdictWords } from './ending-words.ts';
import type { Sight } from './look-at.ts';
import { paint } from './output.ts';
import { phaseLine, untilWords } from './phase-words.ts';
import { costWords } from './trail-words.ts';

export function sightJson(sight: Sight, files: readonly string[]): object {
  const { id, description, ending, trail, provenance } = sight;
  const { until, deadlineAt } = description ?? {};
  return {
    id,
    status: description?.status ?? 'completed',
    phase: description?.phase ?? 'done',
    why: description?.why ?? '',
    until: iso(until),
    deadline: iso(deadlineAt),
    startedAt: description?.startedAt ?? null,
    closedAt: description?.closedAt ?? null,
    cost: costOf(sight) ?? null,
    trail,
    publicStatus: description?.publicStatus ?? null,
    workerAnswered: description?.workerAnswered ?? false,
    ending: ending === undefined || ending.kind === 'running' ? null : endingJson(ending, files),
    provenance: provenance.map((each) => each ?? null),
  };
}

export function sightWords(sight: Sight, files: readonly string[], now: number): string {
  const { id, description, ending, trail, provenance } = sight;
  const table = attemptsTable(trail);
  if (ending?.kind === 'done') {
    return [...resultWords(ending.result, files), ...provenance.flatMap(provenanceWords), ...table].join(
      '\n',
    );
  }
  const cost = costOf(sight);
  const lines = [`${paint('bold', description?.status ?? 'unknown')}  ${id}`];
  if (description !== undefined) {
    lines.push(`  phase     ${phaseLine(description, now)}`, `  started   ${description.startedAt}`);
    if (description.closedAt !== undefined) lines.push(`  ended     ${description.closedAt}`);
    else if (description.deadlineAt !== undefined)
      lines.push(`  deadline  ${untilWords(description.deadlineAt, now)}`);
    if (!description.workerAnswered && description.status === 'running')
      lines.push('  note      no worker answered; this is what the server alone knows');
  }
  if (cost !== undefined) lines.push(`  cost      ${costWords(cost)}`);
  if (ending?.kind === 'failed') lines.push(...verdictWords(ending.error));
  return [...lines, ...table].join('\n');
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
