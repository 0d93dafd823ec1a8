/**
 * How long a lease is. Short, so that it is quick to hear of a pause or a hold, and so that a process that
 * dies takes little with it; longer as processes join, so that one entity is asked at most five times a second:
 * ten updates may be in flight, the eleventh throws all of them back, and whoever serves the entity may be away
 * for two seconds (killed, or a run that begins anew on a busy machine).
 */
const SHORTEST_MS = 5_000;
/** A lease of a scaled window is scaled, too. */
const SHARE_OF_WINDOW = 0.25;
const MOST_ASKS_PER_SECOND = 5;
const APART_MS = 1_000 / MOST_ASKS_PER_SECOND;
/** A lease goes on while its successor is asked for. */
const OVERLAP_SHARE = 0.5;
const LONGEST_OVERLAP_MS = 5_000;
const SOON_MS = 1_000;

/** Milliseconds between two exchanges of a process. */
export function termMs(processes: number, windowMs: number): number {
  const short = Math.min(SHORTEST_MS, windowMs * SHARE_OF_WINDOW);
  return Math.ceil(Math.max(short, leastMs(processes)));
}

/** A stop is about to change: all of them ask again soon, and still not all at once. */
export function soonMs(processes: number, windowMs: number): number {
  return Math.min(termMs(processes, windowMs), Math.ceil(Math.max(SOON_MS, leastMs(processes))));
}

function leastMs(processes: number): number {
  return processes * APART_MS;
}

/**
 * When a process is to ask again: after `waitMs`. Those who came at once are told apart, one after another up to
 * that, so that they do not come at once for ever; nobody else is made to ask sooner.
 * @param last When another process asked last, and up to when those who came with it are told apart.
 */
export function nextAsk(
  last: { readonly seenAt: number; readonly askAt: number },
  processes: number,
  waitMs: number,
  now: number,
): { readonly at: number; readonly askAt: number } {
  const latest = now + waitMs;
  const earliest = latest - Math.min(waitMs / 2, (processes - 1) * APART_MS);
  if (now - last.seenAt >= APART_MS) return { at: latest, askAt: earliest };
  const at = Math.min(latest, Math.max(earliest, last.askAt + APART_MS));
  return { at, askAt: at };
}

/** Milliseconds that one exchange's slots reach. */
export function reachMs(term: number): number {
  return term + Math.min(term * OVERLAP_SHARE, LONGEST_OVERLAP_MS);
}

/** Terms without a word after which nothing is put by for a process. */
const SILENT_AFTER = 2;
/** Windows without a word after which it is forgotten; who only sleeps there is told of once a window. */
const GONE_AFTER = 3;

/** Terms without a word after which what only it may do is somebody else's to do. */
const LOST_AFTER = 4;
/** However short the term: messages take their time. */
const SHORTEST_LOSS_MS = 10_000;

export function isLost(seenAt: number, term: number, now: number): boolean {
  return now - seenAt > Math.max(SHORTEST_LOSS_MS, LOST_AFTER * term);
}

export function isSilent(seenAt: number, term: number, now: number): boolean {
  return now - seenAt > SILENT_AFTER * term;
}

export function isGone(seenAt: number, windowMs: number, now: number): boolean {
  return now - seenAt > GONE_AFTER * windowMs;
}
