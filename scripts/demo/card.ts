/** One generation on the contact sheet: its picture or why there is none, its trail, its money. */
import type { Picture } from '../../src/cli/html/contact-sheet.ts';
import { sheetCard, shownPicture } from '../../src/cli/html/contact-sheet.ts';
import { escape } from '../../src/words/escape.ts';
import { noPicture } from '../../src/cli/html/no-picture.ts';
import type { AuditedGeneration } from './audited-generation.ts';
import { decisionList } from './decision-list.ts';
import type { Scenario } from './scenario.ts';
import { imageWords, seconds, trailSteps, usd } from './story.ts';

export interface Card {
  readonly generation: AuditedGeneration;
  readonly scenario: Scenario | undefined;
  readonly picture: Picture | undefined;
  /** How its prompt was changed, as HTML; empty when it was not. */
  readonly promptChange: string;
}

export function card({ generation, scenario, picture, promptChange }: Card): string {
  const title = scenario?.title ?? generation.id;
  const trail = trailSteps(generation)
    .map(({ kind, words }) => `<li class="${kind}">${escape(words)}</li>`)
    .join('');
  return sheetCard({
    title,
    under: scenario?.trouble ?? '',
    picture: picture === undefined ? nothing(generation) : shownPicture(picture, title),
    story: `<ol class="trail">${trail}</ol>
    ${promptChange}${decisionList(generation)}`,
    facts: facts(generation),
  });
}

function facts(generation: AuditedGeneration): readonly string[] {
  const { calls, cost, waitedMs } = generation;
  return [
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    cost.sureUsd > 0 ? `${usd(cost.sureUsd)} sure` : 'nothing to pay',
    ...(cost.possibleUsd > 0 ? [`${usd(cost.possibleUsd)} possible`] : []),
    ...(waitedMs >= 1_000 ? [`waited ${seconds(waitedMs)}`] : []),
    imageWords(generation),
  ];
}

/** Why there is none: what ended it, or what it waits for a person with. */
function nothing({ standing, failure, attempts }: AuditedGeneration): string {
  const last = failure?.classification ?? attempts.at(-1)?.classification;
  const waits = standing === 'waiting';
  if (last !== undefined) return noPicture(last, { waits });
  return `<div class="none${waits ? ' waits' : ''}"><strong>${standing}</strong></div>`;
}
