/**
 * Tells a generation's course as it happens, once each: its phases, and every question with the command
 * lines that answer it.
 */
import type { Asked, Description } from '../client/describe.ts';
import type { Progress } from './follow.ts';
import { printJson, print, say } from './output.ts';
import type { PhaseFacts } from './phase-words.ts';
import { phaseLine, phaseWords } from './phase-words.ts';
import type { Question } from './question-words.ts';
import { questionJson, questionLines } from './question-words.ts';

export interface WatcherOptions {
  readonly json: boolean;
  /** Reads what a question needs from the store. */
  readonly questionOf: (seen: Description) => Promise<Question | undefined>;
}

export class Watcher implements Progress {
  readonly #options: WatcherOptions;
  #phase = '';
  #question: string | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  show(seen: Description | PhaseFacts): void {
    const words = phaseWords(seen);
    if (words !== this.#phase) {
      this.#phase = words;
      this.#tellPhase(seen);
    }
    const question = 'id' in seen ? questionKey(seen.ask) : undefined;
    if (question !== undefined && question !== this.#question && 'id' in seen) {
      // In their order, although each reads the store first.
      this.#telling = this.#telling.then(() => this.#tellQuestion(seen));
    }
    this.#question = question;
  }

  end(): void {
    // Nothing to take away: every line stays.
  }

  /** Resolves once everything that was seen is told. */
  async told(): Promise<void> {
    await this.#telling;
  }

  #tellPhase(seen: Description | PhaseFacts): void {
    const { phase, why, until } = seen;
    if (this.#options.json) {
      const time = until === undefined ? null : new Date(until).toISOString();
      printJson({ event: 'phase', phase, why, until: time });
    } else print(`${new Date().toTimeString().slice(0, 8)}  ${phaseLine(seen, Date.now())}`);
  }

  /** Never rejects: what a question lacks does not end the watch. */
  async #tellQuestion(seen: Description): Promise<void> {
    try {
      const question = await this.#options.questionOf(seen);
      if (question === undefined) return;
      if (this.#options.json) printJson({ event: 'question', id: seen.id, ...questionJson(question) });
      else print(questionLines(question, Date.now()).join('\n'));
    } catch (error) {
      say(`the question of ${seen.id} could not be read whole: ${(error as Error).message}`);
    }
  }
}

/**
 * What makes a question another one; undefined where nobody is waited for: a retest that a person may
 * only hasten or change has nothing to reject.
 */
function questionKey(ask: Asked | undefined): string | undefined {
  return ask?.choices.includes('reject') === true ? JSON.stringify([ask.evidence, ask.choices]) : undefined;
}
