/**
 * One client against its providers: the same load, each target with an emulator of its own. All
 * contests of a phase run at the same time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DevServer } from '../../src/dev/server.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import type { Arrival } from './arrivals.ts';
import { watchCpu } from '../cpu.ts';
import type { EmulatorsAnswer, EmulatorsReady, EmulatorsSettings } from './emulators-program.ts';
import type { UpdateRates } from './governor.ts';
import type { Seen } from './ledger.ts';
import { judge } from './ledger.ts';
import type { Form, Span } from './plan.ts';
import { durationMs, emulatorOptions } from './plan.ts';
import { startRemote } from '../remote.ts';

/** A provider with one quota, and the requests for it. */
export interface Target {
  readonly name: string;
  readonly form: Form;
  /** The provider's true limit. */
  readonly span: Span;
  /** The limit that clients are told, per window. */
  readonly believed: number;
  readonly arrivals: readonly Arrival[];
  /** The windows up to this one are judged on their own too. */
  readonly splitAt?: number;
}

/** What the client knows of its own calls once the run is over. */
export interface Books {
  /** The request that a call in the ledger was for. */
  readonly requestOf: (callId: string) => string;
  /** The process that made it. */
  readonly processOf: (requestId: string) => number | undefined;
  /** Requests that the client gave up, of all targets together. */
  readonly gaveUp?: number;
  /** Of ours: the governors' load, by target. */
  readonly updates?: readonly UpdateRates[];
  /** Of ours: timers that fired while a generation waited for its turn, one number for each looked at. */
  readonly wakes?: readonly number[];
}

export interface Running {
  /** Resolves when everything runs. */
  warmUp?(): Promise<void>;
  begin(startAt: number): Promise<void>;
  books(startAt: number): Promise<Books>;
  stop(): Promise<void>;
}

export interface Place {
  readonly server: DevServer;
  /** For files; removed at the end. */
  readonly directory: string;
  /** Base URLs of the emulators, in the order of the targets. */
  readonly urls: readonly string[];
}

export interface Contest {
  readonly client: string;
  readonly targets: readonly Target[];
  prepare(place: Place): Promise<Running>;
}

export interface Outcome {
  readonly client: string;
  readonly target: Target;
  readonly seen: Seen;
  /** Up to the split, where the target has one. */
  readonly before?: Seen;
  readonly updates?: UpdateRates;
}

export interface PhaseResult {
  readonly outcomes: readonly Outcome[];
  /** In the order of the contests. */
  readonly books: readonly Books[];
  /** Share of all cores that was busy, 0–1: the mean, and the busiest five seconds. */
  readonly cpu: { readonly mean: number; readonly peak: number };
}

/** Everything is ready before time 0, so that no client gains by starting first. */
const HEAD_START_MS = 1_500;
/** For calls on their way to be booked. */
const GRACE_MS = 1_000;

/** Runs the contests side by side on a Temporal server of their own; throws when one of them made no call. */
export async function runPhase(contests: readonly Contest[], directory: string): Promise<PhaseResult> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const server = await startDevServer({ searchAttributes: SEARCH_ATTRIBUTES });
    closing.push(() => server.stop());
    const ready: { contest: Contest; running: Running; calls: () => Promise<EmulatorsAnswer> }[] = [];
    for (const contest of contests) {
      const emulators = await startEmulators(contest.targets);
      closing.push(() => emulators.stop());
      const running = await contest.prepare({ server, directory, urls: emulators.ready });
      closing.push(() => running.stop());
      await running.warmUp?.();
      ready.push({ contest, running, calls: () => emulators.ask('calls') });
    }
    const startAt = Date.now() + HEAD_START_MS;
    await Promise.all(ready.map(({ running }) => running.begin(startAt)));
    const cpu = watchCpu();
    const longest = Math.max(
      ...contests.flatMap(({ targets }) => targets.map(({ span }) => durationMs(span))),
    );
    await sleep(startAt + longest + GRACE_MS - Date.now());
    const busy = cpu.stop();
    const outcomes: Outcome[] = [];
    const books: Books[] = [];
    for (const { contest, running, calls } of ready) {
      const ledgers = await calls();
      const own = await running.books(startAt);
      books.push(own);
      contest.targets.forEach((target, k) => {
        const translated = (ledgers[k] ?? []).map((call) => ({ ...call, id: own.requestOf(call.id) }));
        if (!translated.some(({ at }) => at >= startAt))
          throw new Error(`${contest.client} made no call to ${target.name}`);
        const over = (span: Span): Seen => judge(translated, target.arrivals, span, startAt, own.processOf);
        const { span, splitAt } = target;
        const updates = own.updates?.[k];
        outcomes.push({
          client: contest.client,
          target,
          seen: over(span),
          ...(splitAt === undefined ? {} : { before: over({ ...span, windows: splitAt }) }),
          ...(updates === undefined ? {} : { updates }),
        });
      });
    }
    return { outcomes, books, cpu: busy };
  } catch (error) {
    // What fails while everything is taken down must not hide why it is.
    console.error(error);
    throw error;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function startEmulators(targets: readonly Target[]) {
  const settings: EmulatorsSettings = {
    emulators: targets.map(({ span, form, name }) => emulatorOptions(span, form, name)),
  };
  return await startRemote<EmulatorsReady, 'calls', EmulatorsAnswer>(
    new URL('./emulators-program.ts', import.meta.url),
    settings,
  );
}
