/** What a reader of the demo sees while it runs: one line per event, with the time since its start. */
import { styleText } from 'node:util';
import type { Scenario } from './scenario.ts';

const TITLE_WIDTH = 26;

export class Teller {
  private readonly startedAt = performance.now();

  heading(words: string): void {
    console.log(styleText('bold', words));
  }

  line(words: string): void {
    console.log(`${this.time()}  ${words}`);
  }

  says(scenario: Scenario, words: string): void {
    this.about(scenario, ' ', words);
  }

  /** A person acts. */
  person(scenario: Scenario, words: string): void {
    this.about(scenario, styleText('cyan', '›'), styleText('cyan', words));
  }

  good(scenario: Scenario, words: string): void {
    this.about(scenario, styleText('green', '✓'), words);
  }

  bad(scenario: Scenario, words: string): void {
    this.about(scenario, styleText('red', '✗'), words);
  }

  /** Of several at once. */
  allGood(words: string): void {
    this.line(`${styleText('green', '✓')} ${words}`);
  }

  private about({ title }: Scenario, mark: string, words: string): void {
    console.log(`${this.time()}  ${mark} ${title.padEnd(TITLE_WIDTH)} ${words}`);
  }

  private time(): string {
    const seconds = (performance.now() - this.startedAt) / 1_000;
    return styleText('dim', `${seconds.toFixed(1).padStart(5)} s`);
  }
}
