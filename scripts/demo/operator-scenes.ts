/**
 * Scenes with a person in them: what is asked, what they send, what comes of it. Some decide by the
 * client, which refuses on the spot; some by raw signals, as Temporal's own UI sends them.
 */
import { SIGNALS } from '../../src/contract/names.ts';
import { evidenceWords, untilAnswered, untilAsked } from './operator.ts';
import { start, tellEnd } from './play.ts';
import type { Scenario } from './scenario.ts';
import { APPROVED, LOOSE, PROOF, REJECTED, REVIVED, STALE } from './scenarios/decisions.ts';
import type { Show } from './show.ts';
import { BACKUP } from './stage.ts';

/** To see a resumed hold through; nobody waits for it, so there is nothing to see. */
const RESUME_MS = 500;

export async function playDecisions(show: Show, leaveWaiting: () => Promise<void>): Promise<void> {
  show.teller.heading('A person decides');
  await Promise.all([approved(show), rejected(show), revived(show)]);
  // What stops a key or a project stops everyone on it: one after the other.
  await stale(show);
  await proved(show);
  await leaveWaiting();
}

/** Both causes are fixed: each hold is tried by a text call, and one generation goes first. */
async function proved(show: Show): Promise<void> {
  const { images } = show.stage;
  const all = (await images.routes()).flatMap((sight) => ('holds' in sight ? sight.holds : []));
  const holds = all.filter(({ branch }) => branch === 'permission' || branch === 'billing');
  const why = 'a new key, and billing is on';
  show.teller.person(PROOF, `bob resumes ${holds.map(({ id }) => id).join(' and ')}: “${why}”`);
  // Nobody waits for them: this one is the trial of both.
  for (const { id: hold } of holds) await images.resume({ hold, by: 'bob', why, waitMs: RESUME_MS });
  await tellEnd(show, PROOF, await start(show, PROOF));
}

async function approved(show: Show): Promise<void> {
  const handle = await start(show, APPROVED);
  const { evidence } = await untilAsked(show, handle.id);
  const why = 'the campaign starts tonight';
  await signal(show, handle.id, SIGNALS.approveRouteOut, { by: 'ann', why, route: BACKUP, evidence });
  show.teller.person(
    APPROVED,
    `ann approves route ${BACKUP} by signal, having seen ${evidenceWords(evidence)}: “${why}”`,
  );
  await tellEnd(show, APPROVED, handle);
}

async function rejected(show: Show): Promise<void> {
  const handle = await start(show, REJECTED);
  const { evidence } = await untilAsked(show, handle.id);
  const why = 'this one must not leave the relay';
  await signal(show, handle.id, SIGNALS.rejectRouteOut, { by: 'bob', why, evidence });
  show.teller.person(REJECTED, `bob rejects route ${BACKUP} by signal: “${why}”`);
  await tellEnd(show, REJECTED, handle);
}

/** Between what bob saw and what he sends, ann has tried again, and the cause is another. */
async function stale(show: Show): Promise<void> {
  const { stage, teller } = show;
  const handle = await start(show, STALE);
  const seen = await untilAsked(show, handle.id);
  await stage.images.decide(handle.id, {
    choice: 'retry',
    by: 'ann',
    why: 'the key was replaced',
    evidence: seen.evidence,
  });
  const now = await untilAsked(show, handle.id, seen.evidence);
  teller.person(STALE, `ann retries: “the key was replaced”; now the answer is ${now.branch}/${now.reason}`);
  const why = 'a leaked key, so elsewhere';
  await signal(show, handle.id, SIGNALS.approveRouteOut, { by: 'bob', why, evidence: seen.evidence });
  const { outcome, answer } = await untilAnswered(show, handle.id, 'bob');
  teller.person(STALE, `bob approves what he saw before, ${evidenceWords(seen.evidence)}: ${outcome}`);
  teller.says(STALE, `is answered: ${answer.replace(now.evidence, now.evidence.slice(0, 12))}`);
  await stage.images.decide(handle.id, {
    choice: 'route-out',
    by: 'bob',
    why: 'billing takes days',
    evidence: now.evidence,
  });
  teller.person(STALE, `bob looks again and approves ${evidenceWords(now.evidence)}: “billing takes days”`);
  await tellEnd(show, STALE, handle);
}

async function revived(show: Show): Promise<void> {
  const { stage, teller } = show;
  const handle = await start(show, REVIVED);
  await tellEnd(show, REVIVED, handle);
  const why = 'the threshold was misspelt';
  const again = await stage.images.revive(handle.id, { by: 'ann', why, change: { safetySettings: LOOSE } });
  teller.person(REVIVED, `ann revives the dead letter with one field changed, safetySettings: “${why}”`);
  await tellEnd(show, after(REVIVED), again);
}

function after(scenario: Scenario): Scenario {
  return { ...scenario, trouble: 'the same id, a new run' };
}

async function signal({ stage }: Show, id: string, name: string, payload: object): Promise<void> {
  await stage.client.workflow.getHandle(id).signal(name, payload);
}
