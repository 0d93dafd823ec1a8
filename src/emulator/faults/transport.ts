/**
 * Faults of the connection. All but `reset-before` strike after the call was decided and booked, so a
 * connection that breaks then has cost what the answer costs.
 */
export const TRANSPORT_KINDS = [
  'reset-before',
  'reset-after',
  'close-after',
  'slow-headers',
  'slow-body',
  'cut-body',
  'stall-body',
  'hang',
] as const;

export type TransportKind = (typeof TRANSPORT_KINDS)[number];

export interface Transport {
  readonly kind: TransportKind;
  /** For slow-headers (before the headers) and slow-body (spread over the body); default 5000. */
  readonly ms?: number | undefined;
  /** For cut-body and stall-body: how much of the body is sent; default 50. */
  readonly percent?: number | undefined;
}

export const TRANSPORT_ABOUT: Readonly<Record<TransportKind, string>> = {
  'reset-before': 'the connection is reset before anything is decided: not charged',
  'reset-after': 'the call is decided and charged, then the connection is reset',
  'close-after': 'the call is decided and charged, then the connection is closed without an answer',
  'slow-headers': 'the answer starts late',
  'slow-body': 'the answer trickles',
  'cut-body': 'the connection breaks in the middle of the body',
  'stall-body': 'the body stops in the middle, the connection stays open',
  hang: 'no answer ever comes',
};

export const DEFAULT_SLOW_MS = 5000;
export const DEFAULT_CUT_PERCENT = 50;

export function isTransportKind(name: string): name is TransportKind {
  return (TRANSPORT_KINDS as readonly string[]).includes(name);
}
