/** The baselines without Temporal: as many processes as ours, each with its own share of the requests. */
import type { CallerKind, CallersAnswer, CallersQuestion, CallersSettings } from './callers-program.ts';
import type { Contest, Place, Running, Target } from './contest.ts';
import { scaleOf } from './plan.ts';
import { startRemote } from '../remote.ts';

/** Of an equal part of the limit that plain pacing takes: at 100 % it loses half of S+R. */
const PACING_SHARE = 0.95;

/**
 * @param shares How many processes think that they share the limit; only pacing asks.
 */
export function callers(
  kind: CallerKind,
  targets: readonly Target[],
  processes: number,
  shares: number,
): Contest {
  return { client: kind, targets, prepare: (place) => prepare(kind, targets, processes, shares, place) };
}

async function prepare(
  kind: CallerKind,
  targets: readonly Target[],
  processes: number,
  shares: number,
  { urls }: Place,
): Promise<Running> {
  const processOf = new Map(
    targets.flatMap(({ arrivals }) => arrivals.map(({ id, process }) => [id, process])),
  );
  const remotes = await Promise.all(
    Array.from({ length: processes }, (_, process) => {
      const settings: CallersSettings = {
        kind,
        targets: targets.map(({ arrivals, span, believed }, k) => ({
          baseUrl: urls[k] as string,
          arrivals: arrivals.filter((arrival) => arrival.process === process),
          scale: scaleOf(span),
          everyMs: (span.windowMs * shares) / (believed * PACING_SHARE),
        })),
      };
      return startRemote<'ready', CallersQuestion, CallersAnswer>(
        new URL('./callers-program.ts', import.meta.url),
        settings,
      );
    }),
  );
  const askAll = async (question: CallersQuestion): Promise<readonly CallersAnswer[]> =>
    await Promise.all(remotes.map((remote) => remote.ask(question)));
  return {
    begin: async (startAt) => {
      await askAll({ kind: 'begin', startAt });
    },
    books: async () => {
      const counts = await askAll({ kind: 'count' });
      return {
        requestOf: (callId) => callId,
        processOf: (requestId) => processOf.get(requestId),
        gaveUp: counts.reduce((sum, { gaveUp }) => sum + gaveUp, 0),
      };
    },
    stop: async () => {
      await Promise.all(remotes.map((remote) => remote.stop()));
    },
  };
}
