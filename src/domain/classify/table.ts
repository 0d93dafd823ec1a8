/**
 * The table: first match wins. Pages and CDN codes first, for nothing in them is the API's word;
 * then what the messages say, from what only a person can mend to what passes by itself; then what
 * relays say of themselves; then status words; a bare HTTP status comes last.
 */
import { finding } from '../finding.ts';
import type { Classification } from '../classification.ts';
import { ACCESS_ROWS } from './access-rows.ts';
import { billedByError } from './billing.ts';
import { CONTENT_ROWS } from './content-rows.ts';
import { LOAD_ROWS } from './load-rows.ts';
import { MATERIAL_ROWS } from './material-rows.ts';
import { NETWORK_ROWS } from './network-rows.ts';
import { PAGE_ROWS } from './page-rows.ts';
import type { Reading } from './reading.ts';
import { RELAY_ROWS } from './relay-rows.ts';
import { fieldOf, REQUEST_ROWS } from './request-rows.ts';
import type { Row } from './row.ts';
import { row } from './row.ts';
import { ratingsInText, safetyDetail } from './safety.ts';
import { STATUS_ROWS } from './status-rows.ts';

export const TABLE: readonly Row[] = [
  ...PAGE_ROWS,
  ...ACCESS_ROWS,
  ...MATERIAL_ROWS,
  ...CONTENT_ROWS,
  ...LOAD_ROWS,
  ...RELAY_ROWS,
  ...REQUEST_ROWS,
  ...NETWORK_ROWS,
  ...STATUS_ROWS,
];

const UNRECOGNISED = row('unrecognised', 'unknown', 'unrecognised', 'guessed', () => true);

/** The row that decides; total. */
export function decide(reading: Reading, rows: readonly Row[] = TABLE): Row {
  return rows.find(({ when }) => when(reading)) ?? UNRECOGNISED;
}

export type Overrides = Partial<Pick<Classification, 'billed' | 'message' | 'httpStatus'>>;

export function classifyReading(
  reading: Reading,
  overrides: Overrides = {},
  rows: readonly Row[] = TABLE,
): Classification {
  const { id, branch, reason, certainty } = decide(reading, rows);
  const safety = safetyDetail(branch, ratingsInText(reading.text));
  const field = branch === 'invalid-request' ? fieldOf(reading, reason) : undefined;
  const finish = reading.told?.word;
  const told = branch.startsWith('safety') || branch === 'policy' || branch === 'no-image';
  return finding(branch, reason as never, {
    rule: id,
    certainty,
    billed: billedByError(branch, reason, reading),
    message: reading.message,
    ...(reading.retryAfterMs === undefined ? {} : { retryAfterMs: reading.retryAfterMs }),
    ...(reading.violations.length === 0 ? {} : { violations: reading.violations }),
    ...(safety === undefined ? {} : { safety }),
    ...(field === undefined ? {} : { field }),
    ...(told && finish !== undefined ? { finishReason: finish } : {}),
    ...(reading.httpStatus === undefined ? {} : { httpStatus: reading.httpStatus }),
    ...(reading.upstreamStatus === undefined ? {} : { upstreamStatus: reading.upstreamStatus }),
    ...overrides,
  });
}
