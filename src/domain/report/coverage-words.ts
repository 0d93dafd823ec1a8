/** What is not in the figures, in words: a reader must not take a part for the whole. */
import type { Report } from './report.ts';
import { countWords, timeWords } from './number-words.ts';

const DAY_MS = 86_400_000;

/** Nothing where everything of the time was counted. */
export function coverageWords({ since, madeAt, coverage, total }: Report): readonly string[] {
  const { complete, countedSince, lookedAt, retentionDays, running, readFromResults, silentAccounts } =
    coverage;
  const { terminated, 'timed-out': timedOut, 'no-tally': older } = total.unknown;
  const isGone = retentionDays !== undefined && since < madeAt - retentionDays * DAY_MS;
  return [
    ...(complete
      ? []
      : [
          `Partial: ${countWords(lookedAt, 'ended run')} counted` +
            (countedSince === undefined
              ? '.'
              : `, those of the last ${timeWords(madeAt - countedSince)}; older ones are missing.`),
        ]),
    ...(isGone
      ? [
          `Temporal keeps what ended for ${timeWords(retentionDays * DAY_MS)}: what ended before is in no number.`,
        ]
      : []),
    ...(running === undefined || running === 0
      ? []
      : [
          `${countWords(running, 'generation')} still run${running === 1 ? 's' : ''}: what they cost so far is not counted yet.`,
        ]),
    ...(terminated + timedOut === 0
      ? []
      : [
          `Cost unknown: ${countWords(terminated + timedOut, 'run')} terminated or timed out, and wrote nothing down.`,
        ]),
    ...(older === 0
      ? []
      : [`Cost unknown: ${countWords(older, 'run')} of an earlier release, not read (any more).`]),
    ...(readFromResults === 0
      ? []
      : [
          `${countWords(readFromResults, 'run')} of an earlier release told by results: how their cost is spread over calls is estimated.`,
        ]),
    ...silentAccounts.map((id) => `${id} did not answer: its limits are missing.`),
  ];
}
