/**
 * A call that broke before its answer was complete. Who ended it is known and decides first; then
 * the error's code; an error that the SDK threw before sending is read like any other message.
 */
import type { Classification } from '../classification.ts';
import type { ErrorFacts, Outcome } from '../evidence.ts';
import { SLOT_EXPIRED } from '../evidence.ts';
import { finding } from '../finding.ts';
import { NETWORK_ROWS } from './network-rows.ts';
import { readError } from './reading.ts';
import { row } from './row.ts';
import { classifyReading, TABLE } from './table.ts';

type Broken = Extract<Outcome, { kind: 'broken' }>;

const DEEPEST_CAUSE = 10;

/** No access token, by the authority's own word: its sentence may speak of certificates or of time. */
const TOKEN_REFUSED = row('token-refused', 'permission', 'key-invalid', 'named', /^TokenRefused\b/);

export function classifyBroken(outcome: Broken, model: string | undefined): Classification {
  const said = chainOf(outcome.error);
  const billed = outcome.stage === 'before-send' ? 'no' : 'possible';
  const known = {
    billed,
    message: said,
    ...(outcome.status === undefined ? {} : { httpStatus: outcome.status }),
  } as const;
  if (outcome.by === 'caller') {
    return finding('cancelled', 'caller', { rule: 'caller-aborted', certainty: 'named', ...known });
  }
  if (outcome.by === 'our-timeout') {
    return finding('timeout', 'client-timeout', { rule: 'our-timeout', certainty: 'named', ...known });
  }
  if (outcome.error.code === SLOT_EXPIRED) {
    return finding('network', 'slot-expired', { rule: 'slot-expired', certainty: 'named', ...known });
  }
  const reading = readError({ body: said, textOnly: true, ...(model === undefined ? {} : { model }) });
  if (outcome.by === 'network') {
    const other = row('network-other', 'network', 'other', 'guessed', () => true);
    return classifyReading(reading, known, [...NETWORK_ROWS, other]);
  }
  return classifyReading(reading, known, [TOKEN_REFUSED, ...NETWORK_ROWS, ...TABLE]);
}

/** `TypeError: fetch failed ← ECONNRESET: read ECONNRESET`, outermost first. */
function chainOf(error: ErrorFacts): string {
  const links: string[] = [];
  for (
    let link: ErrorFacts | undefined = error;
    link !== undefined && links.length < DEEPEST_CAUSE;
    link = link.cause
  ) {
    const name = [link.name, link.code].filter((word) => typeof word === 'string' && word !== '').join(' ');
    links.push([name, link.message].filter((word) => typeof word === 'string' && word !== '').join(': '));
  }
  return links.filter((link) => link !== '').join(' ← ');
}
