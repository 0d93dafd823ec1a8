/** What a person may decide, in Markdown for the Temporal UI: each choice with its price and its JSON to paste. */
import { SIGNALS } from '../src/contract/names.ts';
import type { Ask, AskOption, Choice } from '../src/domain/ask.ts';
import type { DecisionRecord } from '../src/domain/decision.ts';

const SIGNAL: Readonly<Record<Choice, string>> = {
  'route-out': SIGNALS.approveRouteOut,
  rewrite: SIGNALS.approveRewrite,
  retry: SIGNALS.retryNow,
  change: SIGNALS.changeRequest,
  reject: SIGNALS.rejectRouteOut,
};

export function questionLines(id: string, ask: Ask): readonly string[] {
  const { options, evidence, proof, of, branch, reason, expiresAt, hold } = ask;
  const first =
    hold === undefined ? [] : ['Fix the cause first: everything with the same ' + hold + ' fails alike.', ''];
  return [
    `### Decide until ${new Date(expiresAt).toISOString()}`,
    `${branch}/${reason}, ${proof} in a row of ${of} that prove it. Send one signal with this JSON, your name and reason filled in:`,
    '',
    ...first,
    '| signal | what it does | may cost | JSON |',
    '|---|---|---|---|',
    ...options.map((option) => optionLine(option, evidence)),
    '',
    `or in a terminal: \`gemini-images show ${id}\``,
  ];
}

function optionLine(option: AskOption, evidence: string): string {
  const usd = 'worstUsd' in option ? `$${option.worstUsd.toFixed(3)}` : '–';
  return `| \`${SIGNAL[option.choice]}\` | ${effect(option)} | ${usd} | \`${payload(option, evidence)}\` |`;
}

function effect(option: AskOption): string {
  switch (option.choice) {
    case 'route-out':
      return `leave to route ${option.route}, ${option.model}`;
    case 'rewrite':
      return `send the rewritten prompt (${option.techniques.join(', ')}); read it first: artifact ${option.record.slice(0, 16)}…`;
    case 'retry':
      return 'the same path once more';
    case 'change':
      return 'one field of the request, then a new call';
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
  return JSON.stringify({ by: '…', why: '…', ...extra, evidence });
}

/** Cells of a table: what was typed by a person must not break it. */
function cell(text: string | undefined): string {
  return (text ?? '–').replaceAll(/[|\n\r]/g, ' ');
}

export function decisionLines(decisions: readonly DecisionRecord[]): readonly string[] {
  return [
    '### Sent so far',
    '| at | by | choice | outcome | answer |',
    '|---|---|---|---|---|',
    ...decisions.map(
      ({ at, by, choice, outcome, answer }) =>
        `| ${new Date(at).toISOString()} | ${cell(by)} | ${choice} | **${outcome}** | ${cell(answer)} |`,
    ),
  ];
}
