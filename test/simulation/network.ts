/** Messages between processes and the governor: late, lost, doubled. Chance decides, the plan says how often. */
import type { NetworkPlan } from './plan.ts';
import type { Stage } from './stage.ts';

const DEADLINE_MS = 5_000;

export interface Asked {
  readonly message: string;
  readonly answered: (answer: string) => void;
  readonly failed: (why: string) => void;
}

/** Takes a message; `refuse` where it knows at once that nobody is there. */
export type Receiver = (message: string, reply: (answer: string) => void, refuse: () => void) => void;

export class Network {
  readonly #stage: Stage;
  readonly #plan: NetworkPlan;

  constructor(stage: Stage, plan: NetworkPlan) {
    this.#stage = stage;
    this.#plan = plan;
  }

  /** One way, milliseconds. */
  latency(): number {
    return this.#stage.random.between(1, 80);
  }

  /** Asks once; exactly one of `answered` and `failed` is called, the latter at the deadline at the latest. */
  ask(who: string, { message, answered, failed }: Asked, receiver: Receiver): void {
    const { random } = this.#stage;
    let isOver = false;
    const end = (how: () => void) => (): void => {
      if (isOver) return;
      isOver = true;
      deadline.isCancelled = true;
      how();
    };
    const deadline = this.#stage.later(
      DEADLINE_MS,
      `${who}: deadline`,
      end(() => failed('deadline exceeded')),
    );
    const refuse = (): void => {
      this.#stage.later(
        this.latency(),
        `${who}: refused`,
        end(() => failed('unavailable')),
      );
    };
    const reply = (answer: string): void => {
      if (random.chance(this.#plan.lostAnswers)) return this.#stage.note(`${who}: answer lost`);
      this.#stage.later(
        this.#way(),
        `${who}: answered`,
        end(() => answered(answer)),
      );
    };
    const copies = random.chance(this.#plan.doubled) ? 2 : 1;
    for (let copy = 1; copy <= copies; copy += 1) {
      if (random.chance(this.#plan.lostRequests)) this.#stage.note(`${who}: request lost`);
      else this.#stage.later(this.#way(), `${who}: request arrives`, () => receiver(message, reply, refuse));
    }
  }

  #way(): number {
    const { random } = this.#stage;
    return random.chance(this.#plan.slow) ? random.between(1_000, 8_000) : this.latency();
  }
}
