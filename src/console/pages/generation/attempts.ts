/** The evidence, attempt by attempt: its path, its verdict, its words, and what differs from the one before. */
import type { TrailLine } from '../../../contract/generation.ts';
import type { Path } from '../../../domain/path.ts';
import { durationWords } from '../../../words/duration.ts';
import { evidencePath } from '../../evidence.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section } from '../../section.ts';
import { clock } from '../../words.ts';
import type { AttemptFacts, GenerationData } from './load.ts';
import { costWords } from './status.ts';

export function attemptSection({ id, trail, evidence }: GenerationData, viewer: Viewer): Html {
  const title = 'Attempts';
  if (trail.length === 0)
    return section('attempts', html`<p class="empty">No call was made, or none is told.</p>`, { title });
  const items = trail.map((line, i) =>
    attempt(id, line, { facts: evidence.get(line.n), before: before(trail, i, evidence) }, viewer),
  );
  return section(
    'attempts',
    html`<ol class="timeline">
      ${items}
    </ol>`,
    { title, beside: String(trail.length) },
  );
}

interface Before {
  readonly line: TrailLine;
  readonly facts: AttemptFacts | undefined;
}

/** A text call is on another path altogether: compared is the image call before it. */
function before(
  trail: readonly TrailLine[],
  i: number,
  evidence: GenerationData['evidence'],
): Before | undefined {
  const line = trail.slice(0, i).findLast((each) => !isTextCall(each));
  return line === undefined ? undefined : { line, facts: evidence.get(line.n) };
}

function isTextCall({ move }: TrailLine): boolean {
  return move.startsWith('text call');
}

const BILLED = { no: 'not billed', yes: 'billed', possible: 'may have been billed' } as const;

function attempt(
  id: string,
  line: TrailLine,
  { facts, before: prior }: { readonly facts: AttemptFacts | undefined; readonly before: Before | undefined },
  viewer: Viewer,
): Html {
  const { n, move, model, verdict, billed, message, fingerprint, evidence } = line;
  const isDelivered = verdict === 'success';
  const kind = isTextCall(line) ? 'prepared' : isDelivered ? 'delivered' : '';
  const route = facts?.path?.route;
  const when = facts?.startedAt === undefined ? NaN : Date.parse(facts.startedAt);
  return html`<li class="attempt ${kind}">
    <h3>${n}. ${foreign(move)} <span class="tag ${isDelivered ? 'good' : 'bad'}">${verdict}</span></h3>
    <p>
      ${foreign(model)}${route !== undefined && html`, ${route.tier} tier, route ${foreign(route.name)}`} ·
      path <code>${fingerprint.slice(0, 12)}</code> ·
      ${BILLED[billed]}${billed !== 'no' && facts?.cost !== undefined && html`: ${costWords(facts.cost)}`}
    </p>
    ${message !== undefined && html`<p class="said">${foreign(message)}</p>`}
    ${!isTextCall(line) && prior !== undefined && html`<p>${difference(line, facts?.path, prior)}</p>`}
    <p class="quiet-words">
      ${!Number.isNaN(when) && html`at ${clock(when, viewer)}, `}${facts?.tookMs !== undefined && html`took ${tookWords(facts.tookMs)} · `}${evidence === undefined ? 'its evidence is not told any more' : html`<a href="${evidencePath(id, n)}">evidence of attempt ${n}</a>`}
    </p>
  </li>`;
}

function tookWords(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : durationWords(ms);
}

/** What of the path is not as it was: the one variable that a step may change (I4). */
function difference(line: TrailLine, path: Partial<Path> | undefined, { line: was, facts }: Before): Html {
  if (line.fingerprint === was.fingerprint)
    return html`<span class="tag">same path as attempt ${was.n}</span>`;
  const changes = path === undefined || facts?.path === undefined ? [] : pathChanges(facts.path, path);
  if (changes.length === 0 && line.model !== was.model) changes.push(['model', was.model, line.model]);
  if (changes.length === 0) return html`<span class="tag change">another path than attempt ${was.n}</span>`;
  const words = changes.map(
    ([name, from, to], i) =>
      html`${i > 0 && ', '}${name}${from !== undefined && html` ${foreign(from)} → ${foreign(to ?? '')}`}`,
  );
  return html`<span class="tag change">changed since attempt ${was.n}</span> ${words}`;
}

type Change = [name: string, from?: string, to?: string];

function pathChanges(from: Partial<Path>, to: Partial<Path>): Change[] {
  const [a, b] = [from.route, to.route];
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['route', a?.name, b?.name],
    ['model', a?.model, b?.model],
    ['tier', a?.tier, b?.tier],
    ['project', a?.account.project, b?.account.project],
    ['endpoint', a?.account.baseUrl, b?.account.baseUrl],
    ['credential', a?.account.credential.slice(0, 8), b?.account.credential.slice(0, 8)],
    ['format', from.format, to.format],
  ];
  const changes: Change[] = pairs.flatMap(([name, was, is]): Change[] =>
    was === is || was === undefined || is === undefined ? [] : [[name, was, is]],
  );
  if (JSON.stringify(from.inputs) !== JSON.stringify(to.inputs)) changes.push(['input images']);
  // The payload holds the format too: told by itself only where nothing else explains it.
  if (changes.length === 0 && from.payloadDigest !== to.payloadDigest) changes.push(['prompt or settings']);
  return changes;
}
