/** Tells a generation's story from its state: the trail, the view of `describe`, the public sentence. */
import type { GenerationView, TrailLine } from '../src/contract/generation.ts';
import type { Attempt, Move } from '../src/domain/attempt.ts';
import type { Phase, PhaseName } from '../src/domain/phase.ts';
import { shortText, utf8Bytes } from '../src/domain/short-text.ts';
import { decisionLines, questionLines, resumeCommand } from './question.ts';
import { wayLines } from './ways.ts';

/** Bytes: fifty attempts, the most there may be, are told in less than 16 KiB (I1). */
const LONGEST_MESSAGE = 300;
/** Earlier ones are told without their words and evidence, which history and the store keep. */
const MOST_TOLD_WHOLE = 12;
/** Of JSON, below the limit of a query and a failure (I1). */
const ROOM_BYTES = 15_000;

/** The fullest telling that has room: fewer attempts and decisions whole, the more there are. */
export function fitting<T>(tell: (whole: number) => T): T {
  for (let whole = MOST_TOLD_WHOLE; whole > 0; whole = Math.floor(whole / 2)) {
    const told = tell(whole);
    if (utf8Bytes(JSON.stringify(told)) <= ROOM_BYTES) return told;
  }
  return tell(0);
}

export function lastOf<T>(all: readonly T[], most: number): readonly T[] {
  return most === 0 ? [] : all.slice(-most);
}

function moveWords(move: Move): string {
  switch (move.kind) {
    case 'first':
      return 'first call';
    case 'retest':
      return move.change === undefined ? 'same-path retest' : `retest with another ${move.change}`;
    case 'queued':
      return 'queued retest';
    case 'remedy':
      return `${move.remedy}: ${move.change}`;
    case 'prepare':
      return `text call: ${move.remedy}`;
    case 'operator':
      return `${move.choice} by a person: ${move.change}`;
  }
}

/** @param whole How many of the last ones are told with their words and evidence. */
export function trailOf(attempts: readonly Attempt[], whole = MOST_TOLD_WHOLE): readonly TrailLine[] {
  const first = attempts.length - whole;
  return attempts.map(trailLine).map((line, i) => {
    const { message: _message, evidence: _evidence, ...short } = line;
    return i < first ? short : line;
  });
}

function trailLine(attempt: Attempt): TrailLine {
  const { n, move, model, billed, classification, evidence, fingerprint, note } = attempt;
  const message = classification?.message ?? note;
  return {
    n,
    move: moveWords(move),
    model,
    verdict: classification === undefined ? 'success' : `${classification.branch}/${classification.reason}`,
    billed,
    fingerprint: fingerprint.slice(0, 16),
    ...(message === undefined ? {} : { message: shortText(message, LONGEST_MESSAGE) }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

const PUBLIC_STATUS: Readonly<Record<PhaseName, string>> = {
  'checking-quota': 'Your image is about to be made.',
  waiting: 'Your image is in the queue.',
  'fetching-inputs': 'Your image is being prepared.',
  uploading: 'Your image is being prepared.',
  generating: 'Your image is being made.',
  storing: 'Your image is being saved.',
  extracting: 'Your image is being saved.',
  deciding: 'Your image is being made.',
  'backing-off': 'Your image takes longer than usual; we are still trying.',
  'falling-back': 'Your image takes longer than usual; we are still trying.',
  rewriting: 'Your image takes longer than usual; we are still trying.',
  preparing: 'Your image takes longer than usual; we are still trying.',
  held: 'Your image takes longer than usual; our team has been told.',
  'awaiting-operator': 'Your image takes longer than usual; our team has been told.',
  batching: 'Your image is in the queue.',
  'no-worker': 'Your image is in the queue.',
  done: 'Your image is ready.',
  dead: 'Your image could not be made.',
  cancelled: 'Your image was cancelled.',
};

export function publicStatus(phase: Phase): string {
  return PUBLIC_STATUS[phase.phase];
}

const ENDED: ReadonlySet<PhaseName> = new Set<PhaseName>(['done', 'dead', 'cancelled']);

/** Why it waits and until when, in Markdown, for the Temporal UI. */
export function details(view: Omit<GenerationView, 'publicStatus'>): string {
  const { phase } = view;
  const lines = [`**${phase.phase}**${scopeWords(phase)}${'why' in phase ? `: ${phase.why}` : ''}`];
  if ('until' in phase && phase.until !== undefined)
    lines.push(`until ${new Date(phase.until).toISOString()}`);
  if (phase.phase === 'held' && phase.hold !== undefined) {
    lines.push('', `Once the cause is fixed, for all that it stops: \`${resumeCommand(phase.hold)}\``);
  }
  if (phase.phase === 'waiting' && phase.quiet === true)
    lines.push('', `To go now, without quiet hours: \`gemini-images promote ${view.id}\``);
  if (phase.phase === 'batching') lines.push('', leavingWords(view.id, phase));
  if (view.trail.length > 0) {
    lines.push('', ...view.trail.map(trailWords));
    const message = view.trail.at(-1)?.message;
    if (message !== undefined) lines.push('', `> ${message.replaceAll('\n', ' ')}`);
  }
  if (view.revival !== undefined) {
    const { by, why, of } = view.revival;
    lines.push('', `Revived by ${by}: ${why} (dead letter: run ${of})`);
  }
  if (view.ways !== undefined && view.trail.length > 0 && !ENDED.has(phase.phase))
    lines.push('', ...wayLines(view.ways));
  if (view.ask !== undefined) lines.push('', ...questionLines(view.id, view.ask));
  if (view.decisions.length > 0) lines.push('', ...decisionLines(view.decisions));
  return lines.join('\n');
}

function leavingWords(
  id: string,
  { job, leaving: { moreUsd, lostUsd } }: Extract<Phase, { phase: 'batching' }>,
): string {
  const lost =
    lostUsd === 0
      ? 'nothing was sent yet'
      : `the item cannot be taken back and may cost up to $${lostUsd.toFixed(3)} in vain`;
  const where = job === undefined ? '' : `Job \`${job}\`. `;
  return `${where}To leave for a live call costs up to $${moreUsd.toFixed(3)} more; ${lost}: \`gemini-images promote ${id}\``;
}

function scopeWords(phase: Phase): string {
  if (phase.phase !== 'held') return '';
  return ` by ${phase.scope}${phase.hold === undefined ? '' : `, hold ${phase.hold}`}`;
}

/** A list, because the UI prints tables without space between their cells. */
function trailWords({ n, move, model, verdict, billed }: TrailLine): string {
  const paid = billed === 'no' ? 'not billed' : billed === 'yes' ? 'billed' : 'may have been billed';
  return `${n}. ${move}, ${model}: **${verdict}**, ${paid}`;
}

export function inWords(ms: number): string {
  if (ms < 120_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
