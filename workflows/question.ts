/**
 * What a person may decide, in Markdown for the Temporal UI: each choice with its price and its JSON to
 * paste. Lists and code blocks, because the UI prints tables without space and cuts long cells.
 */
import { SIGNAL_OF } from '../src/contract/signal-of.ts';
import type { Ask, AskOption } from '../src/domain/ask.ts';
import type { DecisionRecord } from '../src/domain/decision.ts';
import { priceWords } from '../src/domain/way.ts';

/** Of a digest: what fits into the UI's column, and more than a decision needs. */
const SHOWN_EVIDENCE = 32;

export function questionLines(id: string, ask: Ask): readonly string[] {
  const { options, expiresAt, hold, userAction } = ask;
  const scope = hold === undefined ? '' : ` Everything with the same ${hold} fails alike.`;
  return [
    `### Decide until ${new Date(expiresAt).toISOString()}`,
    `${proofWords(ask)}${scope}`,
    '',
    ...(userAction === undefined ? [] : [userAction, '']),
    'More Actions → Send a Signal, with your name and reason filled in:',
    ...options.flatMap((option) => optionLines(option, ask)),
    '',
    `Or in a terminal: \`gemini-images show ${id}\``,
  ];
}

/** Ends a hold for everything that it stops. */
export function resumeCommand(hold: string): string {
  return `gemini-images routes resume ${hold}`;
}

function proofWords({ branch, reason, proof, of, routeProof }: Ask): string {
  if (branch === 'operator') return `Paused by a person: ${reason}.`;
  if (routeProof !== undefined) return `${branch}/${reason}: ${plain(routeProof)}.`;
  return `${branch}/${reason}, ${proof} in a row; ${of} prove it.`;
}

function optionLines(option: AskOption, { evidence, hold }: Ask): readonly string[] {
  const changes = (option.choice === 'route-out' ? option.changes : undefined) ?? [];
  const price = 'worstUsd' in option ? `, ${priceWords(option)}` : '';
  return [
    '',
    `**${SIGNAL_OF[option.choice]}**: ${effect(option, hold !== undefined)}${price}`,
    ...changes.map((change) => `- ${plain(change)}`),
    '```json',
    payload(option, evidence),
    '```',
  ];
}

function effect(option: AskOption, isHeld: boolean): string {
  switch (option.choice) {
    case 'route-out':
      return `leave to route ${option.route} (${option.model}) for this generation`;
    case 'rewrite':
      return `send the rewritten prompt (${option.techniques.join(', ')}); read it first, artifact ${option.record}`;
    case 'retry':
      return isHeld
        ? 'resume: the same path once more, now that the cause is fixed'
        : 'the same path once more, now';
    case 'change':
      return 'another value for one field, then a new call';
    case 'reject':
      return 'decide against it';
  }
}

function payload(option: AskOption, evidence: string): string {
  const extra =
    option.choice === 'route-out'
      ? { route: option.route }
      : option.choice === 'change'
        ? { change: { size: '1K' } }
        : {};
  const short = evidence.slice(0, SHOWN_EVIDENCE);
  return JSON.stringify({ by: '…', why: '…', ...extra, evidence: short }, null, 1);
}

/** What was typed by a person must not become a heading or a table. */
function plain(text: string | undefined): string {
  return (text ?? 'somebody').replaceAll(/[\r\n`*_<>|#[\]]/g, ' ');
}

export function decisionLines(decisions: readonly DecisionRecord[]): readonly string[] {
  return [
    '### Sent so far',
    ...decisions.map(
      ({ at, by, choice, outcome, answer }) =>
        `- ${new Date(at).toISOString()} ${plain(by)}${choice === undefined ? '' : `, ${choice}`}: **${outcome}**, ${plain(answer)}`,
    ),
  ];
}
