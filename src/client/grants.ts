/**
 * Answers a whole cause at once: a grant lets every generation that waits for it leave to one route, until
 * its expiry and within its cost cap. Like every decision it names the evidence that was seen (I12).
 */
import type { Grant, Scope } from '../contract/standing.ts';
import { isBranch } from '../domain/branch.ts';
import type { CauseGroup } from './causes.ts';
import { causesOf } from './causes.ts';
import { checkEvidence, evidenceOf, evidencesOf, groupNamed } from './causes-named.ts';
import { waitingForAPerson } from './causes-waiting.ts';
import type { Woken } from './causes-wake.ts';
import { wakeAffected } from './causes-wake.ts';
import type { ClientContext } from './context.ts';
import type { SilentGovernor } from './governors-sight.ts';
import { governors, governorSight } from './governors.ts';
import { answered, isSilent } from './governors-sight.ts';
import { sendCommand } from './governors-command.ts';
import { checkSaid, invalid } from './invalid.ts';
import { knownWords } from './near-names.ts';
import { asked, silentWords } from './routes-hold.ts';
import { DEFAULT_WAKE_MS } from './routes-resume.ts';
import { placeScope, sameScope } from './routes-scope.ts';

export interface CauseApproval {
  /** As `causes()` names it: `permission@credential:1a2b…`, or the branch alone where one group has it. */
  readonly cause: string;
  /** Name of the route that they may leave to: one that the group is offered. */
  readonly route: string;
  readonly until: Date;
  /**
   * Of all of them together: each generation that leaves reserves the worst price of one call. What it calls
   * again there, after an answer that was lost, is bounded by its own `maxPaidCalls` and `maxCostUsd`.
   */
  readonly maxCostUsd: number;
  readonly by: string;
  readonly why: string;
  /**
   * SHA-256 of the evidence the person saw, or its first 12 characters and more. Left out, it is what
   * `causes()` shows now: right for a person at a prompt, wrong for a program that shows it to somebody.
   */
  readonly evidence?: string;
  /** `google/ai-studio/my-project`; needed where the memos do not tell whose cause it is. */
  readonly governor?: string;
  /** How long to wake those that wait, in milliseconds; the rest look again by themselves. @default 60000 */
  readonly waitMs?: number;
  /** Told as soon as it is granted, before those that wait are woken. */
  readonly onGranted?: (granted: Omit<Granted, keyof Woken>) => void;
}

/** A grant where it is kept. */
export interface PlacedGrant {
  /** `google/ai-studio/my-project` */
  readonly governor: string;
  readonly grant: Grant;
}

/** An array of grants, which knows whose are missing. */
export interface GrantListing extends ReadonlyArray<PlacedGrant> {
  /** Governors that did not answer. */
  readonly silent: readonly SilentGovernor[];
}

export interface Granted extends Woken, PlacedGrant {
  /** What it answered, as it was. */
  readonly group: CauseGroup;
}

export interface Revocation {
  /** `g-1` */
  readonly grant: string;
  /** Needed where several governors have a grant of this id. */
  readonly governor?: string;
  readonly by: string;
  readonly why: string;
}

/**
 * Throws InvalidRequest, DecisionRefused where the evidence is another one now, RouteCommandRefused,
 * UnknownGovernor, NoGovernorAnswered, ServerUnreachable.
 */
export async function approveCause(context: ClientContext, given: CauseApproval): Promise<Granted> {
  const { route, until, maxCostUsd, by, why, waitMs = DEFAULT_WAKE_MS } = given;
  checkSaid(given);
  if (Number.isNaN(until.getTime()) || until.getTime() <= Date.now()) {
    throw invalid('until', given.until, 'must be a time that is still to come');
  }
  checkEvidence(given.evidence);
  const waiting = await waitingForAPerson(context);
  const group = groupNamed(causesOf(waiting), given);
  const { branch, scope } = group;
  if (!isBranch(branch))
    throw invalid('cause', given.cause, `cannot be granted: resume ${group.hold ?? 'it'}`);
  if (scope === undefined) {
    throw invalid('cause', given.cause, 'tells no scope that a grant could cover: decide on each of them');
  }
  if (!group.routes.some((offered) => offered.route === route)) {
    const names = group.routes.map((offered) => offered.route);
    throw invalid('route', route, `must be one that is offered: ${knownWords(route, names, 'none is')}`);
  }
  const governor = await governorOf(context, group, scope, given.governor);
  const sight = await governorSight(context, governor);
  const holds = isSilent(sight) ? [] : sight.holds;
  const evidence = evidenceOf(group, evidencesOf(waiting, group, holds), given.evidence);
  const view = await sendCommand(context, governor, {
    kind: 'grant',
    by,
    why,
    cause: { branch, scope },
    route,
    until: until.getTime(),
    maxCostUsd,
    evidence,
  });
  const grant = view.grants.findLast(
    (each) => each.route === route && each.cause.branch === branch && sameScope(each.cause.scope, scope),
  );
  // It was taken: what cannot be shown is still there.
  if (grant === undefined) throw new Error(`${group.name} was granted, and ${governor} shows no grant`);
  given.onGranted?.({ governor, grant, group });
  const dealt = {
    governor,
    branch,
    scope,
    ...(group.hold === undefined ? {} : { hold: group.hold }),
  };
  return { governor, grant, group, ...(await wakeAffected(context, dealt, { until: Date.now() + waitMs })) };
}

/** Of all governors that answer, newest first. */
export async function grants(context: ClientContext): Promise<GrantListing> {
  const sights = await governors(context);
  const found = answered(sights)
    .flatMap(({ id, grants: list }) => list.map((grant) => ({ governor: id, grant })))
    .toSorted((a, b) => b.grant.grantedAt - a.grant.grantedAt);
  return Object.assign(found, { silent: sights.filter(isSilent) });
}

/** Throws InvalidRequest, RouteCommandRefused, UnknownGovernor, NoGovernorAnswered, ServerUnreachable. */
export async function revokeGrant(context: ClientContext, given: Revocation): Promise<PlacedGrant> {
  const { grant: id, by, why } = given;
  checkSaid(given);
  const sights = await asked(context, given.governor);
  const views = answered(sights);
  const found = views.filter((view) => view.grants.some((grant) => grant.id === id));
  const [first, ...others] = found;
  if (first === undefined) {
    const names = views.flatMap((view) => view.grants.map((grant) => `${grant.id} (${grant.cause.branch})`));
    const words = knownWords(id, names, 'there is none');
    throw invalid('grant', id, `must be a grant: ${words}${silentWords(sights)}`);
  }
  if (others.length > 0) {
    const ids = found.map((view) => view.id).join(', ');
    throw invalid('governor', given.governor, `must say whose ${id} is meant: ${ids}`);
  }
  const view = await sendCommand(context, first.id, { kind: 'revoke', grant: id, by, why });
  const before = first.grants.find((grant) => grant.id === id);
  const grant = view.grants.find((each) => each.id === id) ?? before;
  if (grant === undefined) throw new Error(`${id} was revoked, and ${first.id} shows no grant`);
  return { governor: first.id, grant };
}

async function governorOf(
  context: ClientContext,
  { governor }: CauseGroup,
  scope: Scope,
  given: string | undefined,
): Promise<string> {
  const told = given ?? governor;
  if (told !== undefined) return told;
  return placeScope(answered(await governors(context)), scope, undefined, 'cause').governor;
}
