/** Who decided what and why, for the contact sheet: what was taken, what was not, and the answer to it. */
import type { Ask, Choice } from '../../src/domain/ask.ts';
import type { DecisionRecord, MoveChoice } from '../../src/domain/decision.ts';
import type { AuditedGeneration } from './audited-generation.ts';
import { escape } from '../../src/words/escape.ts';

const DID: Readonly<Record<Choice | MoveChoice, string>> = {
  promote: 'has it wait no longer',
  'to-batch': 'sends it by batch',
  'route-out': 'approves another route',
  rewrite: 'approves the rewritten prompt',
  retry: 'retries',
  change: 'changes one field',
  reject: 'rejects',
};

/** Empty where nobody decided and nobody is asked. */
export function decisionList({
  decisions,
  revivals,
  ask,
}: Pick<AuditedGeneration, 'decisions' | 'revivals' | 'ask'>): string {
  const items = [
    ...decisions.map(item),
    ...revivals.map(({ by, why, changed }) => {
      const what = changed === undefined ? '' : `, with another ${changed}`;
      return `<li>${said(by, `revives the dead letter${what}`, why)}</li>`;
    }),
    ...(ask === undefined ? [] : [`<li>${escape(askedWords(ask))}</li>`]),
  ];
  return items.length === 0
    ? ''
    : `<section class="people"><h3>Decided by people</h3><ul>${items.join('')}</ul></section>`;
}

function askedWords({ options }: Ask): string {
  const may = options.map((option) =>
    option.choice === 'route-out' ? `route-out to ${option.route}` : option.choice,
  );
  return `nobody has decided yet; possible: ${may.join(', ')}`;
}

function item({ by, choice, why, via, outcome, answer, route, evidence }: DecisionRecord): string {
  const did = `${choice === undefined ? 'sent something' : DID[choice]}${route === undefined ? '' : `, ${route}`}`;
  const how = `by ${via}${evidence === undefined ? '' : `, on evidence ${evidence.slice(0, 12)}`}`;
  const came = outcome === 'taken' ? '' : ` <em>${outcome}: ${escape(shortDigests(answer))}</em>`;
  return `<li class="${outcome}">${said(by, did, why)} <span>${escape(how)}</span>${came}</li>`;
}

/** Whole, a digest is longer than a line; a decision may name its beginning. */
function shortDigests(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1');
}

function said(by: string | undefined, did: string, why: string | undefined): string {
  const reason = why === undefined ? '' : `: <q>${escape(why)}</q>`;
  return `<b>${escape(by ?? 'somebody')}</b> ${escape(did)}${reason}`;
}
