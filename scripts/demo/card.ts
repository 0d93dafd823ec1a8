/** One generation on the contact sheet: its picture or why there is none, its trail, its money. */
import { escape } from '../../src/cli/html/escape.ts';
import type { AuditedGeneration } from './audited-generation.ts';
import { decisionList } from './decision-list.ts';
import type { Scenario } from './scenario.ts';
import { imageWords, seconds, trailSteps, usd } from './story.ts';

export interface Picture {
  readonly full: string;
  readonly preview: string;
  readonly width: number;
  readonly height: number;
}

export interface Card {
  readonly generation: AuditedGeneration;
  readonly scenario: Scenario | undefined;
  readonly picture: Picture | undefined;
  /** How its prompt was changed, as HTML; empty when it was not. */
  readonly promptChange: string;
}

export function card({ generation, scenario, picture, promptChange }: Card): string {
  const title = escape(scenario?.title ?? generation.id);
  const trail = trailSteps(generation)
    .map(({ kind, words }) => `<li class="${kind}">${escape(words)}</li>`)
    .join('');
  return `<figure>
  ${picture === undefined ? noPicture(generation) : shown(picture, title)}
  <figcaption>
    <h2>${title}</h2>
    <p class="trouble">${escape(scenario?.trouble ?? '')}</p>
    <ol class="trail">${trail}</ol>
    ${promptChange}${decisionList(generation)}
    <p class="facts">${facts(generation).map(escape).join(' · ')}</p>
  </figcaption>
</figure>`;
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

function shown({ full, preview, width, height }: Picture, title: string): string {
  return `<a href="${full}"><img src="${preview}" width="${width}" height="${height}" alt="${title}" loading="lazy"></a>`;
}

/** Why there is none: what ended it, or what it waits for a person with. */
function noPicture({ standing, failure, attempts }: AuditedGeneration): string {
  const last = failure?.classification ?? attempts.at(-1)?.classification;
  const waits = standing === 'waiting' ? ' waits' : '';
  if (last === undefined) return `<div class="none${waits}"><strong>${standing}</strong></div>`;
  const { branch, reason, owner, userAction, message } = last;
  return `<div class="none${waits}">
    <strong>${escape(`${branch}/${reason}`)}</strong>
    <q>${escape(message)}</q>
    <p><b>${escape(owner)}:</b> ${escape(userAction)}</p>
  </div>`;
}
