/** What is said when this program leaves a generation behind by Ctrl-C: nothing is lost by it. */
import { EXIT } from './exit-codes.ts';
import { printJson, say } from './output.ts';

export interface LeavingOptions {
  /** Command line that looks at a generation again. */
  readonly lookAgain: (id: string) => string;
  readonly json: boolean;
  /** `was started and goes on` */
  readonly said: string;
}

export class Leaving {
  readonly #options: LeavingOptions;
  /** Undefined until the server has confirmed the start. */
  id: string | undefined;

  constructor(options: LeavingOptions, id?: string) {
    this.#options = options;
    this.id = id;
    process.on('SIGINT', this.#leave);
    process.on('SIGTERM', this.#leave);
  }

  release(): void {
    process.off('SIGINT', this.#leave);
    process.off('SIGTERM', this.#leave);
  }

  readonly #leave = (): void => {
    const { id } = this;
    const { lookAgain, json, said } = this.#options;
    const again = id === undefined ? null : lookAgain(id);
    say(
      id === undefined
        ? '\ninterrupted before the server confirmed the start'
        : `\n${id} ${said}; look again: ${again}`,
    );
    if (json) {
      const exitCode = EXIT.interrupted;
      printJson({ outcome: 'interrupted', exitCode, id: id ?? null, lookAgain: again });
    }
    process.exit(EXIT.interrupted);
  };
}
