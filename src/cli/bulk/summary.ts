/** How a bulk ended: for people, as one JSON object, as an exit code. */
import type { Cost } from '../../domain/attempt.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { oneLine } from '../../words/one-line.ts';
import { paint } from '../output.ts';
import { costWords } from '../trail-words.ts';

export interface BulkSummary {
  /** Of the bulk. */
  readonly id: string;
  readonly out: string;
  readonly sheet: string;
  /** Of all runs together. */
  readonly delivered: number;
  readonly failed: number;
  /** Dead letters by branch, the most frequent first. */
  readonly branches: Readonly<Record<string, number>>;
  readonly cost: Cost;
  /** Lines of this run that could not be used, and where they are told. */
  readonly invalid: number;
  readonly invalidFile: string;
  /** Not started: the budget is used up, or it was interrupted first. */
  readonly notStarted: number;
  /** Those of them that the budget did not reach. */
  readonly beyondBudget: number;
  readonly maxCostUsd?: number;
  /** Ended, and their images could not be read from the store. */
  readonly unsaved: number;
  /** Started, left running. */
  readonly running: readonly { readonly key: string; readonly id: string }[];
  readonly interrupted: boolean;
}

const SHOWN = 10;

export function exitCodeOf({ interrupted, failed, invalid, notStarted, unsaved }: BulkSummary): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (failed > 0) return EXIT.generationFailed;
  return invalid + notStarted + unsaved > 0 ? EXIT.failed : EXIT.ok;
}

export function summaryJson(summary: BulkSummary): object {
  const exitCode = exitCodeOf(summary);
  const outcome = summary.interrupted ? 'interrupted' : exitCode === EXIT.ok ? 'done' : 'incomplete';
  return { outcome, exitCode, ...summary };
}

export function summaryLines(summary: BulkSummary): readonly string[] {
  const { delivered, failed, branches, invalid, invalidFile, notStarted, beyondBudget, maxCostUsd } = summary;
  const { unsaved, running, cost } = summary;
  const code = exitCodeOf(summary);
  const head = summary.interrupted
    ? paint('yellow', 'interrupted')
    : code === EXIT.ok
      ? paint('green', 'done')
      : paint('yellow', 'incomplete');
  const byBranch = Object.entries(branches).map(([branch, n]) => `${n} ${branch}`);
  const keys = running.slice(0, SHOWN).map(({ key }) => oneLine(key));
  const more = running.length > SHOWN ? ` and ${running.length - SHOWN} more` : '';
  const budget =
    beyondBudget === 0 ? '' : `: the budget of ${maxCostUsd ?? 0} USD is used up, raise --max-cost`;
  const isWhole = notStarted + unsaved + running.length === 0 && !summary.interrupted;
  return [
    `${head}  ${delivered} delivered, bulk ${summary.id}`,
    ...(failed === 0 ? [] : [`  failed       ${failed}: ${byBranch.join(', ')}`]),
    ...(invalid === 0 ? [] : [`  invalid      ${invalid}, told in ${invalidFile}`]),
    ...(notStarted === 0 ? [] : [`  not started  ${notStarted}${budget}`]),
    ...(unsaved === 0 ? [] : [`  not saved    ${unsaved}: the store does not have their images`]),
    ...(running.length === 0 ? [] : [`  go on        ${running.length}: ${keys.join(', ')}${more}`]),
    `  cost         ${costWords(cost)}`,
    `  sheet        ${summary.sheet}`,
    ...(isWhole ? [] : ['  the same command line goes on']),
  ];
}
