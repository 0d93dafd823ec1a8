/** A session as people and programs see it: small, however many turns it has. */
import type { SessionMemo, SessionView, TurnDefaults, TurnPage, TurnView } from '../contract/session.ts';
import type { Cost } from '../domain/attempt.ts';
import { shortText, utf8Bytes } from '../domain/short-text.ts';
import type { SessionState, Turn } from './session.ts';
import { isQuiet, queued, running, turnOf } from './session.ts';

const LARGEST_PAGE_BYTES = 14 * 1024;
const LONGEST_INSTRUCTION_BYTES = 500;

export function sessionView(id: string, state: SessionState): SessionView {
  const { settings, from, createdAt, activeAt, turns, head, closing } = state;
  const now = running(state)?.turnId;
  return {
    id,
    status: closing !== true ? 'open' : isQuiet(state) ? 'closed' : 'closing',
    settings: { ...settings, defaults: shortDefaults(settings.defaults) },
    createdAt,
    expiresAt: activeAt + settings.idleMs,
    queued: queued(state).length,
    turns: turns.length,
    cost: costOf(state),
    ...(from === undefined ? {} : { from: { session: from.session, turnId: from.turnId } }),
    ...(head === undefined ? {} : { head }),
    ...(now === undefined ? {} : { running: now }),
  };
}

/** Small: every list of sessions carries one for each. */
export function sessionMemo(id: string, state: SessionState): SessionMemo {
  const { status, createdAt, turns, queued: waiting, cost, running: now, from } = sessionView(id, state);
  const head = turnOf(state, state.head);
  const image = head?.done?.images[0];
  return {
    ...{ status, createdAt, activeAt: state.activeAt, turns, queued: waiting, cost },
    failed: state.turns.filter((turn) => turn.status === 'failed').length,
    ...(now === undefined ? {} : { running: now }),
    ...(head === undefined ? {} : { head: head.turnId }),
    ...(image === undefined ? {} : { image }),
    ...(head?.excerpt === undefined ? {} : { excerpt: head.excerpt }),
    ...(from === undefined ? {} : { from }),
  };
}

/** What an instruction of 32 KiB says is in the session's history. */
function shortDefaults({ systemInstruction, ...defaults }: TurnDefaults): TurnDefaults {
  return systemInstruction === undefined
    ? defaults
    : { ...defaults, systemInstruction: shortText(systemInstruction, LONGEST_INSTRUCTION_BYTES) };
}

export function costOf({ turns }: SessionState): Cost {
  return turns.reduce<Cost>(
    (sum, { done, failed }) => {
      const { sureUsd = 0, possibleUsd = 0 } = done?.cost ?? failed?.cost ?? {};
      return { sureUsd: sum.sureUsd + sureUsd, possibleUsd: sum.possibleUsd + possibleUsd };
    },
    { sureUsd: 0, possibleUsd: 0 },
  );
}

/** @param from Turns before this one are left out; whole numbers from 0. */
export function turnPage({ turns }: SessionState, from = 0): TurnPage {
  const page: TurnView[] = [];
  let bytes = 0;
  const first = Number.isInteger(from) && from > 0 ? from : 0;
  for (const turn of turns.slice(first)) {
    const view = turnView(turn);
    bytes += utf8Bytes(JSON.stringify(view)) + 1;
    if (bytes > LARGEST_PAGE_BYTES && page.length > 0) return { turns: page, next: first + page.length };
    page.push(view);
  }
  return { turns: page };
}

export function turnView({ asked: _asked, digest: _digest, ...view }: Turn): TurnView {
  return view;
}
