/**
 * What generations do, as their workflows have them do it: ask whether their turn has come, sleep on a durable
 * timer until it is worth asking again, at whatever process Temporal finds, and call once they have a slot.
 */
import type { Held, Outlook, QuotaWait, Slot } from '../../src/quota/broker.ts';
import { law } from './broken.ts';
import type { Fleet } from './fleet.ts';
import type { Generation } from './generation.ts';
import { slotRequest } from './generation.ts';
import type { GovernorHost } from './governor-host.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';
import type { Ending, Provider } from './provider.ts';
import type { QueueLaw } from './queue-law.ts';
import type { SlotLaw } from './slot-law.ts';
import type { Stage } from './stage.ts';
import type { WindowLaw } from './window-law.ts';

export interface LifeParts {
  readonly stage: Stage;
  readonly fleet: Fleet;
  readonly governor: GovernorHost;
  readonly network: Network;
  readonly provider: Provider;
  readonly slots: SlotLaw;
  readonly windows: WindowLaw;
  readonly queue: QueueLaw;
}

const SHORTEST_SLEEP_MS = 1_000;
const LONGEST_HELD_MS = 300_000;
/** A call whose process died is noticed by its missing heartbeat. */
const NOTICED_AFTER_MS = 30_000;
const SEND_LAG_MS = 30;
/** Of sends, those that are as late as a slot allows. */
const LATE_SENDS = 0.01;
/** On a key for which nothing speaks: no answer, and no call that is out for so long and was not refused. */
const UNPROVED_CALLS = 3;
const UNREFUSED_MS = 2_900;
/** After the first refusal of a key was heard, everybody knows. */
const HOLD_IS_KNOWN_MS = 10_000;

export class Life {
  readonly #parts: LifeParts;
  served = 0;
  calls = 0;
  refused = 0;
  mostWakes = 0;
  isProved = false;
  #unproved = 0;
  #deniedAt = Infinity;

  constructor(parts: LifeParts) {
    this.#parts = parts;
  }

  /** `checkQuota`, at whatever process is there. */
  ask(generation: Generation): void {
    const { fleet, stage } = this.#parts;
    const process = fleet.pick(generation);
    if (process === undefined) {
      stage.later(1_000, `${generation.id}: no process`, () => this.ask(generation));
      return;
    }
    const outlook = process.outlook(slotRequest(generation, process.now));
    if (outlook.kind === 'go') {
      stage.later(stage.random.between(1, 30), `${generation.id}: dispatched`, () => this.#join(generation));
    } else this.#rest(generation, outlook);
    process.tick();
  }

  /** `generate` waits for its slot; by now at another process, maybe. */
  #join(generation: Generation, at?: Process): void {
    const process = at?.state === 'alive' ? at : this.#parts.fleet.pick(generation);
    if (process === undefined) return this.ask(generation);
    const onKilled = (): void => this.#interrupted(generation);
    process.onKilled.add(onKilled);
    process.join(slotRequest(generation, process.now), (answer) => {
      process.onKilled.delete(onKilled);
      if (answer.kind === 'slot') this.#granted(generation, process, answer);
      else this.#rest(generation, answer);
    });
  }

  #rest(generation: Generation, answer: QuotaWait | Held | Exclude<Outlook, { kind: 'go' }>): void {
    const { stage } = this.#parts;
    if (answer.kind === 'wait') {
      law('finite', Number.isFinite(answer.ms) && answer.ms > 0, () => `a wait of ${answer.ms} ms`);
      if (generation.place === 'waiting') generation.wakes += 1;
      this.mostWakes = Math.max(this.mostWakes, generation.wakes);
      const what = `${generation.id}: awake after ${Math.round(answer.ms)} ms (${answer.limit}, place ${answer.place})`;
      stage.later(Math.max(SHORTEST_SLEEP_MS, answer.ms), what, () => this.ask(generation));
      return;
    }
    generation.place = 'aside';
    generation.failures += 1;
    const ms = Math.min(LONGEST_HELD_MS, 30_000 * 2 ** Math.min(generation.failures, 4));
    stage.later(ms, `${generation.id}: held`, () => this.ask(generation));
  }

  /** Between the slot and the send lies the fence; a slot that became too old meanwhile is given back. */
  #granted(generation: Generation, process: Process, slot: Slot): void {
    const { stage, queue } = this.#parts;
    const { random } = stage;
    const { validMs = Infinity } = slot;
    law('finite', validMs > 0, () => `a slot for ${validMs} ms`);
    const isLate = Number.isFinite(validMs) && random.chance(LATE_SENDS);
    const lagMs = isLate ? random.between(0, validMs + 5) : random.between(0, SEND_LAG_MS);
    queue.served(generation, stage.now);
    const onKilled = (): void => this.#interrupted(generation);
    process.onKilled.add(onKilled);
    stage.later(lagMs, `${generation.id}: sends from ${process.id}`, () => {
      process.onKilled.delete(onKilled);
      if (process.state === 'gone') return;
      if (lagMs > validMs) {
        process.report(slot.id, { kind: 'unused' });
        this.#join(generation, process);
        return;
      }
      this.#send(generation, process, slot, lagMs);
    });
  }

  #send(generation: Generation, process: Process, slot: Slot, lagMs: number): void {
    const { stage, governor, network, provider, slots, windows } = this.#parts;
    const { random } = stage;
    this.calls += 1;
    process.calls += 1;
    if (!this.isProved) this.#unproved += 1;
    law('leaked key', stage.now <= this.#deniedAt + HOLD_IS_KNOWN_MS, () => `${process.id} calls with it`);
    law('unproved key', this.isProved || this.#unproved <= UNPROVED_CALLS, () => `${this.#unproved} calls`);
    if (slot.validMs !== undefined) slots.used(process.id, generation.model, governor.clock.at(stage.now));
    let isLost = false;
    const onKilled = (): void => {
      isLost = true;
      this.#interrupted(generation);
    };
    process.onKilled.add(onKilled);
    if (!this.isProved) {
      stage.later(UNREFUSED_MS, `${generation.id}: not refused so far`, () => {
        this.isProved ||= process.onKilled.has(onKilled);
      });
    }
    stage.later(network.latency(), `${generation.id}: arrives`, () => {
      windows.arrived(generation, stage.now);
      const ending = provider.arrived(generation, stage.now);
      if (ending.kind === 'limited') this.refused += 1;
      const isServed = ending.kind === 'used' && ending.verdict === undefined;
      const tookMs = isServed ? 200 * 100 ** random.next() : random.between(20, 200);
      stage.later(tookMs + network.latency(), `${generation.id}: ${words(ending)}`, () => {
        process.onKilled.delete(onKilled);
        if (isLost) return;
        if (ending.verdict?.branch !== 'permission') this.isProved = true;
        else this.#deniedAt = Math.min(this.#deniedAt, stage.now);
        process.report(slot.id, { ...ending, sentAfterMs: lagMs });
        this.#ended(generation, ending);
      });
    });
  }

  #ended(generation: Generation, ending: Ending): void {
    const { stage } = this.#parts;
    if (ending.verdict === undefined) return this.#over(generation);
    generation.place = 'aside';
    generation.failures += 1;
    const growing = Math.min(300_000, 30_000 * 2 ** Math.min(generation.failures - 1, 4));
    const hint = ending.kind === 'limited' ? ending.retryAfterMs : undefined;
    const told = hint !== undefined && hint > 0 && hint < LONGEST_HELD_MS ? hint : growing;
    const ms = ending.verdict.branch === 'permission' ? SHORTEST_SLEEP_MS : Math.max(SHORTEST_SLEEP_MS, told);
    stage.later(ms * stage.random.between(1, 1.2), `${generation.id}: again`, () => this.ask(generation));
  }

  /** Its process died. What was waiting runs again; of the calls that were out, some are not repeated. */
  #interrupted(generation: Generation): void {
    const { stage } = this.#parts;
    generation.place = 'aside';
    stage.later(
      NOTICED_AFTER_MS + stage.random.between(0, 1_000),
      `${generation.id}: again after a crash`,
      () => this.ask(generation),
    );
  }

  #over(generation: Generation): void {
    generation.isOver = true;
    generation.place = 'served';
    this.served += 1;
  }
}

function words(ending: Ending): string {
  if (ending.verdict === undefined) return 'served';
  const { branch } = ending.verdict;
  return ending.kind === 'used' ? branch : `${branch}, retry after ${ending.retryAfterMs} ms`;
}
