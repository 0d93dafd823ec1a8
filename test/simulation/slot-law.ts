/**
 * I6, as the governor sees it: a slot is leased to one process, used once, in its time, or returned. Kept from
 * what is said aloud (requests and answers), and by the governor's clock. A process does not say which of its
 * slots a call took; so each call is given the oldest one that it could have taken, and there must be one. One
 * that turns out to have been returned is given to no call, and there must be another for that.
 */
import type { ExchangeAnswer, ExchangeRequest } from '../../src/contract/exchange.ts';
import { law } from './broken.ts';

const FORGOTTEN_AFTER_MS = 120_000;
/** Clocks are read in whole milliseconds. */
const ROUNDING_MS = 1;

interface Owned {
  readonly lane: string;
  readonly at: number;
  readonly process: string;
}

interface Held {
  readonly at: number;
  readonly slotMs: number;
  /** The call that it was given to here. */
  usedAt?: number;
}

export class SlotLaw {
  readonly #owners = new Map<string, Owned>();
  readonly #held = new Map<string, Held[]>();
  #prunedAt = 0;

  /** The governor has answered; a repeated answer says nothing new. */
  answered(request: ExchangeRequest, answer: ExchangeAnswer): void {
    const { process } = request;
    for (const { model, returned } of request.lanes) {
      const lane = answer.lanes.find((each) => each.model === model)?.countedAs ?? model;
      for (const at of returned) {
        const key = `${lane} ${at}`;
        if (this.#owners.get(key)?.process === process) this.#owners.delete(key);
      }
    }
    for (const lane of answer.lanes) {
      for (const ms of lane.slots) this.#own({ lane: lane.countedAs, at: answer.at + ms, process });
    }
    this.#prune(answer.at);
  }

  #own(owned: Owned): void {
    const key = `${owned.lane} ${owned.at}`;
    const owner = this.#owners.get(key)?.process ?? owned.process;
    law(
      'I6 one owner',
      owner === owned.process,
      () => `slot ${owned.at} of ${owned.lane} is leased to ${owner} and to ${owned.process}`,
    );
    this.#owners.set(key, owned);
  }

  /** A process has heard its answer. */
  heard(process: string, answer: ExchangeAnswer): void {
    for (const { model, kind, slots, slotMs } of answer.lanes) {
      if (kind !== 'paced') continue;
      const held = this.#heldBy(process, model);
      for (const ms of slots) {
        const at = answer.at + ms;
        if (!held.some((each) => each.at === at)) held.push({ at, slotMs });
      }
      held.sort((a, b) => a.at - b.at);
    }
  }

  /** It tells the governor that it did not use them, and will not. */
  returned(process: string, request: ExchangeRequest): void {
    for (const { model, returned } of request.lanes) {
      const held = this.#heldBy(process, model);
      for (const at of returned) {
        const index = held.findIndex((each) => each.at === at);
        law(
          'I6 own slots',
          index >= 0,
          () => `${process} returns slot ${at} of ${model}, which it does not have`,
        );
        const [gone] = held.splice(index, 1);
        if (gone?.usedAt !== undefined) this.used(process, model, gone.usedAt);
      }
    }
  }

  /** It sends a call in a slot, at this time of the governor's. */
  used(process: string, model: string, now: number): void {
    const held = this.#heldBy(process, model);
    while (held[0] !== undefined && held[0].at < now - FORGOTTEN_AFTER_MS) held.shift();
    const first = held.find(
      ({ at, slotMs, usedAt }) => usedAt === undefined && at + slotMs + ROUNDING_MS >= now,
    );
    law(
      'I6 slot in its time',
      first !== undefined && first.at <= now + ROUNDING_MS,
      () =>
        `${process} calls ${model} at ${now} without a slot of its own: ${
          first === undefined ? 'it has none' : `the next one is ${first.at - now} ms away`
        }`,
    );
    (first as Held).usedAt = now;
  }

  #heldBy(process: string, model: string): Held[] {
    const key = `${process} ${model}`;
    const known = this.#held.get(key);
    if (known !== undefined) return known;
    const held: Held[] = [];
    this.#held.set(key, held);
    return held;
  }

  #prune(now: number): void {
    if (now - this.#prunedAt < FORGOTTEN_AFTER_MS) return;
    this.#prunedAt = now;
    for (const [key, { at }] of this.#owners) if (at < now - FORGOTTEN_AFTER_MS) this.#owners.delete(key);
  }
}
