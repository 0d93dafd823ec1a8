/** Whoever goes through the day: ours, or a way in which teams call the API today. */
import type { DevServer } from '../../src/dev/server.ts';
import type { Outcome } from './judge.ts';
import type { Ask } from './trace.ts';

export const PARTIES = ['ours', 'guideLoop', 'aiSdk', 'genaiRetry', 'litellm'] as const;
export type PartyName = (typeof PARTIES)[number];

export interface Place {
  /** Of the party's own emulator. */
  readonly baseUrl: string;
  /** Images go here, each by the id of its request. */
  readonly images: string;
  /** For whatever else is kept; removed at the end. */
  readonly directory: string;
  readonly server: DevServer;
}

export interface Running {
  /**
   * @param startAt Epoch milliseconds of time 0.
   * @param endAt When nobody waits any more.
   */
  begin(startAt: number, endAt: number): Promise<void>;
  /** Requests that are done with so far, served or given up. */
  outcomes(): Promise<readonly Outcome[]>;
  stop(): Promise<void>;
}

export interface Party {
  readonly name: PartyName;
  /** Everything that is slow happens here; throws where something is missing. */
  prepare(asks: readonly Ask[], place: Place): Promise<Running>;
}
