/** What findings say to people: one head, and the numbers that it rests on. */
import type {
  BatchAdvice,
  CheaperModel,
  Finding,
  OtherProvider,
  ProviderCondition,
  QuietHoursAdvice,
  TierUpgrade,
  Verdict,
} from './advice/finding.ts';
import { ENOUGH_CALLS, ENOUGH_IN_AN_HOUR } from './advice/finding.ts';
import { countWords, hourWords, shareWords, timeWords, usdWords } from './number-words.ts';

export interface Told {
  readonly head: string;
  readonly lines: readonly string[];
}

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  'worth-it': 'worth it',
  'not-now': 'not now',
  'too-few': 'too few data',
};

export function findingWords(finding: Finding): Told {
  switch (finding.id) {
    case 'tier-upgrade':
      return tierWords(finding);
    case 'batch':
      return batchWords(finding);
    case 'quiet-hours':
      return quietWords(finding);
    case 'other-provider':
      return providerWords(finding);
    case 'cheaper-model':
      return modelWords(finding);
  }
}

const LIMIT_WORDS: Readonly<Record<string, string>> = {
  rpm: 'calls a minute',
  tpm: 'tokens a minute',
  ipm: 'images a minute',
  rpd: 'calls a day',
};

function tierWords({ verdict, binding, waitedMs, refusedByDay, nearlyUsed, generations }: TierUpgrade): Told {
  const waits =
    binding === undefined
      ? ['No generation waited for a limit that a tier raises.']
      : [
          `${countWords(binding.generations, 'generation')} of ${generations} waited for ${LIMIT_WORDS[binding.limit] ?? binding.limit}, ` +
            `${timeWords(binding.ms / binding.generations)} each on average.`,
          `All waits for such limits: ${timeWords(waitedMs)}. That is the most a higher tier saves.`,
        ];
  return {
    head: headOf('A higher tier', verdict),
    lines: [
      ...waits,
      ...(refusedByDay === 0
        ? []
        : [
            `${countWords(refusedByDay, 'call')} met the day's limit: only a higher tier or another model helps.`,
          ]),
      ...nearlyUsed.map(
        ({ account, model, dimension, used, limit }) =>
          `${model} at ${account} uses ${used} of ${limit} ${LIMIT_WORDS[dimension] ?? dimension} at the moment.`,
      ),
      ...(verdict === 'too-few' ? [`Fewer than ${ENOUGH_CALLS} calls: too few to advise on tiers.`] : []),
    ],
  };
}

function batchWords({ verdict, imageCalls, patientCalls, share, patientUsd, savingUsd }: BatchAdvice): Told {
  if (verdict === 'too-few') return few('Batches', imageCalls, 'image call', 'batches');
  return {
    head: headOf('Batches', verdict),
    lines: [
      `${countWords(patientCalls, 'live call')} of ${imageCalls} (${shareWords(share)}) could have waited a day: ` +
        'not interactive, a deadline of 24 h or more, no edit session.',
      `They cost ${usdWords(patientUsd)}; in batches, at half the price, ${usdWords(savingUsd)} less.`,
    ],
  };
}

function quietWords(finding: QuietHoursAdvice): Told {
  const { verdict, knownHours, calls, share, worst, quietest, movable, avoidable } = finding;
  if (verdict === 'too-few') {
    return {
      head: headOf('Quiet hours', verdict),
      lines: [
        `${knownHours} of 24 hours have ${ENOUGH_IN_AN_HOUR} calls or more: too few to tell quiet ones.`,
      ],
    };
  }
  return {
    head: headOf('Quiet hours', verdict),
    lines: [
      `${shareWords(share)} of ${calls} calls failed for capacity, over ${knownHours} known hours.`,
      ...(worst === undefined || quietest === undefined
        ? []
        : [
            `Worst ${hourWords(worst.hour)}: ${shareWords(worst.share)} of ${worst.calls}; ` +
              `quietest ${hourWords(quietest.hour)}: ${shareWords(quietest.share)} of ${quietest.calls}.`,
          ]),
      `${countWords(movable, 'call')} outside the quietest hour could have waited; moving them avoids about ${countWords(avoidable, 'failure')}.`,
    ],
  };
}

function providerWords({ verdict, conditions, holding, needed }: OtherProvider): Told {
  return {
    head: headOf('Another provider', verdict),
    lines: [
      `${holding} of ${conditions.length} conditions hold, ${needed} are needed.`,
      ...conditions.map(conditionWords),
    ],
  };
}

function conditionWords({ id, holds, value, limit, of }: ProviderCondition): string {
  const mark = holds === undefined ? 'not known yet' : holds ? 'holds' : 'does not hold';
  switch (id) {
    case 'capacity-at-peak':
      return `No capacity (503) at peak above ${shareWords(limit)}: ${mark}, ${shareWords(value)} of ${countWords(of, 'call')} in the worst hour.`;
    case 'safety':
      return `Image safety on more than ${shareWords(limit)} of legitimate prompts: ${mark}, ${shareWords(value)} of ${of}.`;
    case 'daily-volume':
      return `More a day than the tier allows: ${mark}, ${countWords(value, 'generation')} met the day's limit.`;
    case 'availability':
      return limit === 0
        ? `Availability that is needed: nobody said (--availability 99.9); measured ${shareWords(value)} of ${of}.`
        : `Availability below the ${shareWords(limit)} that is needed: ${mark}, measured ${shareWords(value)} of ${of}.`;
  }
}

function modelWords({ verdict, main, cheaper, savedPerImageUsd, turns }: CheaperModel): Told {
  if (verdict === 'too-few' || main === undefined || cheaper === undefined) {
    return {
      head: headOf('A cheaper model for drafts', 'too-few'),
      lines: ['Only one model, or none, made 20 images or more: no prices to compare.'],
    };
  }
  return {
    head: headOf('A cheaper model for drafts', verdict),
    lines: [
      `${main.model}: ${usdWords(main.usdPerImage)} an image over ${main.images}, ${shareWords(main.failedShare)} of calls failed.`,
      `${cheaper.model}: ${usdWords(cheaper.usdPerImage)} an image over ${cheaper.images}, ${shareWords(cheaper.failedShare)} failed.`,
      `Each draft that is thrown away costs ${usdWords(savedPerImageUsd)} less there (quality: 'draft').` +
        (turns === 0
          ? ''
          : ` ${countWords(turns, 'image')} were turns of edit sessions, most of them steps on the way.`),
    ],
  };
}

function headOf(what: string, verdict: Verdict): string {
  return `${what}: ${VERDICT_WORDS[verdict]}`;
}

function few(what: string, n: number, unit: string, advice: string): Told {
  return {
    head: headOf(what, 'too-few'),
    lines: [`${countWords(n, unit)}: too few for advice on ${advice}, ${ENOUGH_CALLS} are needed.`],
  };
}
