/**
 * Where other workflows come to a session (docs/decisions/0029): their questions are heard by one signal, answered by
 * another, and no run ends with an answer on its way.
 */
import {
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  setHandler,
} from '@temporalio/workflow';
import type { GenerationFailure } from '../src/contract/generation.ts';
import { ANSWER_SIGNAL, ASK_SIGNAL } from '../src/contract/names.ts';
import type { SessionAnswer } from '../src/contract/session-asks.ts';
import type { Addressed, Heard } from '../src/sessions/asks.ts';
import { heard, told } from '../src/sessions/asks.ts';
import type { SessionState } from '../src/sessions/session.ts';

const askSignal = defineSignal<[unknown]>(ASK_SIGNAL);
const answerSignal = defineSignal<[SessionAnswer]>(ANSWER_SIGNAL);

export interface Host {
  readonly id: string;
  readonly state: () => SessionState;
  readonly change: (state: SessionState) => void;
  /** The generation of the turn that runs may not be there yet. */
  readonly isStarting: () => boolean;
}

export class SessionDoor {
  readonly #host: Host;
  #sending = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  get isQuiet(): boolean {
    return this.#sending === 0;
  }

  listen(): void {
    setHandler(
      askSignal,
      async (ask) => {
        const { id, state } = this.#host;
        const { cancels } = this.#do(heard(state(), id, ask, Date.now()));
        if (cancels !== undefined) await this.#cancel(cancels);
      },
      { description: 'A workflow asks: { kind, askId, from, … }; answered by signal gemini.answer.' },
    );
  }

  /** A turn has ended: who waits for it is told. */
  tell(failure?: GenerationFailure): void {
    const { id, state } = this.#host;
    this.#do(told(state(), id, failure));
  }

  #do(heard: Heard): Heard {
    if (heard.state !== this.#host.state()) this.#host.change(heard.state);
    for (const each of heard.answers) this.#send(each);
    return heard;
  }

  #send({ to, answer }: Addressed): void {
    this.#sending += 1;
    const sent = CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(to).signal(answerSignal, answer),
    );
    // A workflow that is gone needs no answer.
    void sent.catch(() => undefined).finally(() => (this.#sending -= 1));
  }

  /** It tells how it ended by itself; one that is gone is looked after as ever. */
  async #cancel(generationId: string): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      await condition(() => !this.#host.isStarting());
      await getExternalWorkflowHandle(generationId)
        .cancel()
        .catch(() => undefined);
    });
  }
}
