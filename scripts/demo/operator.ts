/** What an operator looks at before and after a decision, with the patience of a person. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Description } from '../../src/client/describe.ts';
import type { DecisionRecord } from '../../src/domain/decision.ts';
import type { Show } from './show.ts';

export type Asked = NonNullable<Description['ask']>;

const LOOK_EVERY_MS = 250;
const DEADLINE_MS = 30_000;

/** Resolves once a person is asked, with evidence other than `not`. */
export async function untilAsked(show: Show, id: string, not?: string): Promise<Asked> {
  return await until(show, id, 'asks nobody', ({ ask, status, why }) => {
    if (status !== 'running') throw new Error(`${id} ended instead of asking: ${why}`);
    return ask === undefined || ask.evidence === not ? undefined : ask;
  });
}

/** Resolves once a person is asked for this cause; it may be asked for another before. */
export async function untilAskedFor(show: Show, id: string, branch: Asked['branch']): Promise<Asked> {
  let asked = await untilAsked(show, id);
  while (asked.branch !== branch) asked = await untilAsked(show, id, asked.evidence);
  return asked;
}

/** What came of the last thing that this person sent by signal. */
export async function untilAnswered(show: Show, id: string, by: string): Promise<DecisionRecord> {
  return await until(show, id, `has no answer for ${by}`, ({ decisions }) =>
    decisions.findLast((each) => each.by === by),
  );
}

/** As short as a decision may name it. */
export function evidenceWords(evidence: string): string {
  return `evidence ${evidence.slice(0, 12)}`;
}

async function until<T>(
  { stage }: Show,
  id: string,
  otherwise: string,
  look: (seen: Description) => T | undefined,
): Promise<T> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    const seen = look(await stage.images.describe(id));
    if (seen !== undefined) return seen;
  }
  throw new Error(`${id} ${otherwise} within ${DEADLINE_MS / 1_000} s`);
}
