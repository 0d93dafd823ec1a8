/**
 * The governor as Temporal runs it: the reducer's state between updates, given to a next run as JSON, taken
 * over after a terminate, or lost. An update that a run has answered is not run again (Temporal keeps its id).
 */
import type { ExchangeAnswer, ExchangeRequest } from '../../src/contract/exchange.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import { law } from './broken.ts';
import type { Engine } from './engine.ts';
import type { HostClock } from './host-clock.ts';
import type { SlotLaw } from './slot-law.ts';
import type { Stage } from './stage.ts';

const ID = 'google/ai-studio/shop';
/** A run of a thousand updates would hardly end in a simulation. */
const NEXT_RUN_CHANCE = 0.05;
const LARGEST_STATE_BYTES = 200 * 1_024;

export class GovernorHost {
  readonly clock: HostClock;
  readonly #stage: Stage;
  readonly #engine: Engine;
  readonly #slots: SlotLaw;
  #state: GovernorState | undefined;
  /** Temporal's record of this run's updates. */
  #answers = new Map<string, string>();
  #incarnations = 0;
  #upAt = -Infinity;
  stateBytes = 0;
  exchanges = 0;

  constructor(stage: Stage, engine: Engine, clock: HostClock, slots: SlotLaw) {
    this.#stage = stage;
    this.#engine = engine;
    this.clock = clock;
    this.#slots = slots;
    this.#state = engine.newGovernor(ID, this.#nextEpoch(), this.#now);
  }

  receive(message: string, reply: (answer: string) => void, refuse: () => void): void {
    const { now, random } = this.#stage;
    if (now < this.#upAt) {
      // An update that finds no worker fails, or is carried out once there is one again: late, and all the same.
      if (random.chance(0.3)) return refuse();
      if (random.chance(0.5)) return;
      this.#stage.later(this.#upAt - now + random.between(0, 50), 'governor: late update', () =>
        this.receive(message, reply, refuse),
      );
      return;
    }
    const request = JSON.parse(message) as ExchangeRequest;
    const known = this.#answers.get(request.requestId);
    if (known !== undefined) return reply(known);
    const answer = this.#exchange(request);
    const told = JSON.stringify(answer);
    this.#answers.set(request.requestId, told);
    if (random.chance(NEXT_RUN_CHANCE)) this.#nextRun();
    reply(told);
  }

  /** Its workers are away. */
  outage(ms: number): void {
    this.#stage.note(`governor: away for ${Math.round(ms)} ms`);
    this.#upAt = Math.max(this.#upAt, this.#stage.now + ms);
  }

  /** Terminated; its successor is started with its state. */
  takeover(): void {
    this.#stage.note('governor: taken over');
    this.#nextRun();
  }

  /** Terminated, and its state cannot be read. */
  lose(): void {
    this.#stage.note('governor: lost');
    this.#state = undefined;
    this.#answers = new Map();
  }

  get state(): GovernorState | undefined {
    return this.#state;
  }

  get #now(): number {
    return this.clock.at(this.#stage.now);
  }

  #exchange(request: ExchangeRequest): ExchangeAnswer {
    this.#state ??= this.#successor(request);
    const { state, answer } = this.#engine.exchange(this.#state, request, this.#now);
    const isNew = state !== this.#state;
    this.#state = state;
    this.exchanges += 1;
    if (isNew) this.#slots.answered(request, answer);
    ownersDiffer(state);
    return answer;
  }

  /** The starter knows that there was a run, or the asking process does. */
  #successor(request: ExchangeRequest): GovernorState {
    const fresh = this.#engine.newGovernor(ID, this.#nextEpoch(), this.#now);
    const isForgotten = request.epoch !== undefined && this.#stage.random.chance(0.5);
    return isForgotten ? fresh : this.#engine.afterLoss(fresh, 'unknown', this.#now);
  }

  #nextRun(): void {
    if (this.#state === undefined) return;
    const carried = JSON.stringify(this.#state);
    this.stateBytes = Math.max(this.stateBytes, carried.length);
    law('small state', carried.length < LARGEST_STATE_BYTES, () => `${carried.length} bytes`);
    this.#state = JSON.parse(carried) as GovernorState;
    this.#answers = new Map();
  }

  #nextEpoch(): string {
    this.#incarnations += 1;
    return `epoch-${this.#incarnations}`;
  }
}

/** What the state itself says of its leases. */
function ownersDiffer(state: GovernorState): void {
  const owners = new Map<string, string>();
  for (const [process, { claims }] of Object.entries(state.processes)) {
    for (const [model, { leased }] of Object.entries(claims)) {
      const lane = state.aliases[model] ?? model;
      for (const at of leased) {
        const key = `${lane} ${at}`;
        const owner = owners.get(key);
        law('I6 one owner', owner === undefined, () => `state: slot ${key} is ${owner}'s and ${process}'s`);
        owners.set(key, process);
      }
    }
  }
  for (const [lane, { free }] of Object.entries(state.lanes)) {
    const given = free.find((at) => owners.has(`${lane} ${at}`));
    law('I6 one owner', given === undefined, () => `state: slot ${given} of ${lane} is free and leased`);
  }
}
