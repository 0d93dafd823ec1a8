/**
 * One process of a baseline without Temporal: it calls the provider itself for each of its requests, as
 * teams do today. Each target is a provider with a quota of its own.
 */
import pRetry from 'p-retry';
import type { Arrival } from './arrivals.ts';
import { createDraw } from './call.ts';
import type { Draw } from './call.ts';
import { Pacer } from './pacer.ts';
import { play } from './play.ts';
import { runAsRemote } from '../remote.ts';

/** Retries as their users write them, five attempts, each wait times the scale. */
export type CallerKind = 'pRetry' | 'genaiRetry' | 'pacing';

export interface CallersSettings {
  readonly kind: CallerKind;
  readonly targets: readonly {
    readonly baseUrl: string;
    readonly arrivals: readonly Arrival[];
    /** Provider minute over a real one. */
    readonly scale: number;
    /** Of `pacing`: milliseconds between two calls of this process. */
    readonly everyMs: number;
  }[];
}

export type CallersQuestion =
  { readonly kind: 'begin'; readonly startAt: number } | { readonly kind: 'count' };

/** Requests of this process so far: images it got, and requests it gave up. */
export interface CallersAnswer {
  readonly got: number;
  readonly gaveUp: number;
}

const ATTEMPTS = 5;

runAsRemote<CallersSettings, 'ready', CallersQuestion, CallersAnswer>(async ({ kind, targets }) => {
  const ending = new AbortController();
  const counts = { got: 0, gaveUp: 0 };
  const count = (sent: Promise<void>): void => {
    sent.then(
      () => (counts.got += 1),
      () => (counts.gaveUp += 1),
    );
  };
  return {
    ready: 'ready',
    answer: (question) => {
      if (question.kind === 'begin') {
        for (const target of targets) {
          const send = senderOf(kind, target);
          void play(target.arrivals, question.startAt, ({ id }) => count(send(id)), ending.signal);
        }
      }
      return { ...counts };
    },
    close: async () => ending.abort(),
  };
});

function senderOf(kind: CallerKind, { baseUrl, scale, everyMs }: CallersSettings['targets'][number]): Draw {
  const retry = {
    retries: ATTEMPTS - 1,
    factor: 2,
    minTimeout: 1_000 * scale,
    maxTimeout: 60_000 * scale,
    randomize: true,
  };
  switch (kind) {
    case 'pRetry': {
      const draw = createDraw(baseUrl);
      return (id) => pRetry(() => draw(id), retry);
    }
    case 'genaiRetry':
      return createDraw(baseUrl, { attempts: ATTEMPTS, initialDelay: scale, maxDelay: 60 * scale });
    case 'pacing': {
      const draw = createDraw(baseUrl);
      const pacer = new Pacer(everyMs);
      return (id) => pRetry(() => pacer.turn().then(() => draw(id)), retry);
    }
  }
}
