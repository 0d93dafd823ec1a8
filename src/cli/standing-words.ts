/**
 * What stops a route or changes its ways: holds, breakers, degraded mode, alerts and grants; each with since
 * when, why, on which evidence, and the command line that ends it.
 */
import { routeScopeKey, scopeWords } from '../client/routes-scope.ts';
import type { Alert, Breaker, Degraded, Grant, Hold, RouteKey, StandingView } from '../contract/standing.ts';
import { clockWords } from './clock-words.ts';
import { durationWords } from '../words/duration.ts';
import { commandLine } from './invocation.ts';
import { YOUR_REASON } from './operator-options.ts';
import { paint } from './output.ts';

export interface Telling {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Options that make another command find the same server, and the governor where there are several. */
  readonly options: readonly string[];
}

/** Enough of the digest to tell evidences apart, and to be read aloud. */
const SHOWN_EVIDENCE = 16;
const LINE = /\s+/g;

/** What stops calls first, then what changes their ways. */
export function standingLines(view: StandingView, telling: Telling): readonly string[] {
  return [
    ...view.holds.flatMap((hold) => holdLines(hold, telling)),
    ...view.breakers.flatMap((breaker) => breakerLines(breaker, telling)),
    ...view.degraded.flatMap((degraded) => degradedLines(degraded, telling)),
    ...view.alerts.map((alert) => alertLine(alert, telling)),
    ...view.grants.flatMap((grant) => grantLines(grant, telling)),
  ];
}

export function holdLines(hold: Hold, telling: Telling): readonly string[] {
  const { id, branch, reason, scope, since, calls, message, phase, by, resumed, evidence } = hold;
  const { now, options } = telling;
  const cause = branch === 'operator' ? `paused by ${by ?? 'somebody'}` : `${branch}/${reason}`;
  const ended = calls === 0 ? '' : `, ${calls} call${calls === 1 ? '' : 's'} ended in it`;
  const head = `${id}  ${cause}  ${scopeWords(scope)}  since ${clockWords(since, now)}${ended}`;
  return [
    `  ${paint('red', phase === 'held' ? 'HOLD' : 'hold')} ${paint('bold', head)}`,
    ...(message === '' ? [] : [`    ${message.replace(LINE, ' ')}`]),
    ...evidenceLines(hold.generationId, evidence),
    ...(resumed === undefined ? [] : [`    resumed by ${resumed.by}: ${resumed.why.replace(LINE, ' ')}`]),
    ...(phase === 'held'
      ? [
          `    ${branch === 'operator' ? 'to go on' : 'once the cause is fixed'}`,
          `      $ ${commandLine(['routes', 'resume', id, '--why', YOUR_REASON, ...options])}`,
        ]
      : [`    ${PROVING[phase]}`]),
  ];
}

/** What a hold that was resumed waits for. */
export const PROVING: Readonly<Record<Exclude<Hold['phase'], 'held'>, string>> = {
  probing: 'being proved: a plain text call goes first',
  trial: 'being proved: the text call went well, one generation goes next',
};

function breakerLines(breaker: Breaker, { now }: Telling): readonly string[] {
  const { route, phase, since, failures, calls, branch, tryAt, evidence } = breaker;
  const next = phase === 'half-open' ? 'one generation tries' : `one tries in ${durationWords(tryAt - now)}`;
  const head = `${routeWords(route)}  ${phase} since ${clockWords(since, now)}`;
  return [
    `  ${paint('yellow', 'BREAKER')} ${paint('bold', head)}`,
    `    ${failures} of ${calls} calls in the minute before failed, most of them ${branch}; ${next}`,
    ...evidenceLines(undefined, evidence),
  ];
}

function degradedLines(degraded: Degraded, { now, options }: Telling): readonly string[] {
  const { route, since, share, calls, evidence } = degraded;
  const head = `${routeWords(route)}  since ${clockWords(since, now)}`;
  return [
    `  ${paint('yellow', 'degraded')} ${paint('bold', head)}`,
    `    ${percent(share)} of ${calls} calls failed for capacity; who allows another model starts there`,
    ...evidenceLines(undefined, evidence),
    `    it ends by itself; or now: $ ${commandLine(['routes', 'end-degraded', `route:${routeScopeKey(route)}`, '--why', YOUR_REASON, ...options])}`,
  ];
}

const ALERTS: Readonly<Record<Alert['kind'], string>> = {
  'quota-80': 'of a limit is used',
  'share-429': 'of calls are answered 429',
  'share-503': 'of calls are answered 503',
};

function alertLine({ kind, subject, since, value }: Alert, { now }: Telling): string {
  const words = `${percent(value)} ${ALERTS[kind] ?? kind}`;
  return `  ${paint('yellow', 'alert')} ${subject}: ${words}, since ${clockWords(since, now)}`;
}

export function grantLines(grant: Grant, { now, options }: Telling): readonly string[] {
  const { id, cause, route, until, uses, spentUsd, maxCostUsd, by, why, revoked, evidence } = grant;
  const left = until - now;
  const state =
    revoked !== undefined
      ? `revoked by ${revoked.by} ${clockWords(revoked.at, now)}`
      : left <= 0
        ? `over since ${clockWords(until, now)}`
        : `until ${clockWords(until, now)}`;
  const isOpen = revoked === undefined && left > 0;
  const head = `${id}  ${cause.branch}@${scopeWords(cause.scope)} may leave to ${route}  ${state}`;
  return [
    `  ${paint('green', 'grant')} ${isOpen ? paint('bold', head) : head}`,
    `    ${uses} used it, ${usd(spentUsd)} of at most ${usd(maxCostUsd)} reserved`,
    `    by ${by}: ${why.replace(LINE, ' ')} (evidence ${evidence.slice(0, SHOWN_EVIDENCE)})`,
    ...(isOpen
      ? [`    to end it: $ ${commandLine(['grants', 'revoke', id, '--why', YOUR_REASON, ...options])}`]
      : []),
  ];
}

function evidenceLines(generation: string | undefined, evidence: string | undefined): readonly string[] {
  if (evidence === undefined && generation === undefined) return [];
  const digest = evidence === undefined ? 'not stored yet' : evidence.slice(0, SHOWN_EVIDENCE);
  return [`    evidence ${digest}${generation === undefined ? '' : ` of ${generation}`}`];
}

/** `gemini-3-pro-image/standard of 1a2b3c4d` */
export function routeWords({ credential, model, tier }: RouteKey): string {
  return `${model}/${tier} of credential ${credential}`;
}

/** `12.50 USD`; a price of less than a cent keeps its digits. */
export function usd(amount: number): string {
  return `${amount >= 1 || amount === 0 ? amount.toFixed(2) : amount.toFixed(3)} USD`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
