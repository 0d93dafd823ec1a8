/** What is printed: a paragraph for each part, and the last line. */
import { median, round, spread } from '../statistics.ts';
import type { Growth } from './growth.ts';
import type { Weight } from './history.ts';
import type { Rebuilt } from './rebuild.ts';
import type { Side, TurnCost } from './turn-cost.ts';

export const TARGETS = { turnOverhead: 1.25 };

/** Turns at either end that are compared. */
const ENDS = 10;

export interface Summary {
  readonly bytesPerTurnFirst10: number;
  readonly bytesPerTurnLast10: number;
  readonly turnOverhead: number;
  readonly rebuild30Ms: number;
}

export function summary(grown: Growth, cost: TurnCost, rebuilt: Rebuilt): Summary {
  const { turns } = grown.history;
  return {
    bytesPerTurnFirst10: Math.round(mean(turns.slice(0, ENDS)).bytes),
    bytesPerTurnLast10: Math.round(mean(turns.slice(-ENDS)).bytes),
    // The harder one: without the conversation there is only its last image to go on from.
    turnOverhead: round(median(ratios(cost, 'last')), 3),
    rebuild30Ms: round(median(rebuilt.wholeMs), 1),
  };
}

export function tellGrowth({ history, generations, memory, tookMs }: Growth): void {
  const { turns, carried, runs, bytes, countedByServer } = history;
  const ends = (each: readonly Weight[]): string =>
    `first ${ENDS} ${weight(mean(each.slice(0, ENDS)))}, last ${ENDS} ${weight(mean(each.slice(-ENDS)))}`;
  const handed = carried.map((each) => `${each.bytes} bytes after ${each.turns} turns`).join(', ');
  const first = memory[0] as Growth['memory'][number];
  const last = memory.at(-1) as Growth['memory'][number];
  const grew = (of: 'rss' | 'heapUsed'): string => mebibytes(last.memory[of] - first.memory[of]);
  console.log(`A session of ${turns.length} turns, ${runs} runs
  history of the session by turn     ${ends(turns)}
  handed from run to run             ${handed === '' ? 'nothing' : handed}
  history of the session in all      ${bytes} bytes, ${countedByServer} as the server counts
  history of a turn's generation     ${ends(generations)}
  edit to result, latency 0          first ${ENDS} ${milliseconds(tookMs.slice(0, ENDS))}, last ${ENDS} ${milliseconds(tookMs.slice(-ENDS))}
  worker, turns ${first.turns} to ${last.turns}           RSS ${grew('rss')}, heap ${grew('heapUsed')} more, after a collection
    RSS by turn                      ${memory.map((each) => `${each.turns}: ${mebibytes(each.memory.rss)}`).join(', ')}
    heap by turn                     ${memory.map((each) => `${each.turns}: ${mebibytes(each.memory.heapUsed)}`).join(', ')}`);
}

export function tellCost(cost: TurnCost, latencyMs: number): void {
  const { ms, conversation } = cost;
  const against = (side: Side): string => {
    const each = ratios(cost, side);
    return `${milliseconds(ms[side])}: ratio ${median(each).toFixed(2)} (${spread(each, 2)})`;
  };
  console.log(`A turn against a bare generation, provider latency ${latencyMs} ms
  turn, ${conversation.turns} turns before it          ${milliseconds(ms.turn)}; ${conversation.images} images, ${mebibytes(conversation.bytes)}
  bare, the same images as inputs    ${against('same')}
  bare, only the last image          ${against('last')}`);
}

export function tellRebuilt({ turns, images, bytes, wholeMs, sent }: Rebuilt): void {
  console.log(`A conversation of ${turns} turns with 2K images, read back from the store
  all images inside the request      ${milliseconds(wholeMs)}; ${images} images, ${mebibytes(bytes)}
  the oldest as files, as it is sent ${milliseconds(sent.ms)}; ${sent.images} images inside the request`);
}

function ratios({ ms }: TurnCost, side: Side): readonly number[] {
  return ms.turn.map((took, i) => took / (ms[side][i] as number));
}

function mean(weights: readonly Weight[]): Weight {
  const of = (field: keyof Weight): number =>
    weights.reduce((all, each) => all + each[field], 0) / weights.length;
  return { bytes: of('bytes'), events: of('events') };
}

function weight({ bytes, events }: Weight): string {
  return `${bytes.toFixed(0)} bytes and ${events.toFixed(1)} events`;
}

function milliseconds(values: readonly number[]): string {
  return `${median(values).toFixed(0)} ms (${spread(values, 0)})`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
