/**
 * When requests come, and to which process: fixed by a seed before anything starts, so that every client
 * meets the same load. Open loop: a request comes whether or not the ones before it were served.
 */
import { randomStream } from '../../src/emulator/random.ts';

export interface Arrival {
  readonly id: string;
  /** Milliseconds from the start. */
  readonly atMs: number;
  readonly process: number;
}

export interface Load {
  readonly seed: string;
  readonly name: string;
  readonly durationMs: number;
  /** Relative weights of the processes at a time; a process with 0 gets nothing. */
  readonly weights: (atMs: number) => readonly number[];
}

export function evenly(processes: number): Load['weights'] {
  const weights = Array<number>(processes).fill(1);
  return () => weights;
}

/** Independent requests, `perMs` of them on average. */
export function poisson(load: Load, perMs: number): readonly Arrival[] {
  const random = randomStream(load.seed, load.name);
  const times: number[] = [];
  for (let at = gap(random, perMs); at < load.durationMs; at += gap(random, perMs)) times.push(at);
  return assign(load, times, random);
}

/** `size` requests at once, every `everyMs`, the first after one second. */
export function bursts(load: Load, size: number, everyMs: number): readonly Arrival[] {
  const times: number[] = [];
  for (let at = 1_000; at < load.durationMs; at += everyMs)
    times.push(...Array<number>(Math.round(size)).fill(at));
  return assign(load, times, randomStream(load.seed, load.name));
}

function gap(random: () => number, perMs: number): number {
  return -Math.log(1 - random()) / perMs;
}

function assign({ name, weights }: Load, times: readonly number[], random: () => number): readonly Arrival[] {
  return times.map((atMs, k) => ({ id: `${name}-${k}`, atMs, process: pick(weights(atMs), random()) }));
}

function pick(weights: readonly number[], chance: number): number {
  let left = chance * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found < 0 ? weights.length - 1 : found;
}
