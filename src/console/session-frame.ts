/** One frame of a session's filmstrip: the turn's images or why there are none, what was asked, what it cost. */
import type { Description } from '../client/describe.ts';
import type { TurnView } from '../contract/session.ts';
import { failedWords } from '../words/session-failed.ts';
import type { Standing } from '../words/session-history.ts';
import { HISTORY_WORDS } from '../words/session-history.ts';
import { artifactImage } from './artifact-image.ts';
import type { Html, Part } from './html.ts';
import { foreign, html } from './html.ts';
import type { Viewer } from './page.ts';
import { pathTo } from './page.ts';
import { section } from './section.ts';
import { ago, usd } from './words.ts';

export interface FrameFacts {
  /** From 1. */
  readonly n: number;
  readonly turn: TurnView;
  readonly standing: Standing;
  /** The turn that it goes on from, where that is not the frame before. */
  readonly goesOnFrom?: string;
  /** What it does, while it runs. */
  readonly running?: Description;
  /** Forms of what may be done from here. */
  readonly choices: Part;
}

/** The client keeps so much of a prompt with its session. */
const EXCERPT = 120;

/** How good each news is. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ head: 'good', failed: 'bad', cancelled: 'bad', terminated: 'bad', 'timed-out': 'bad' },
  ...{ open: 'good', running: 'change', queued: 'change', closing: 'change' },
};

/** @param state of a turn or a session; @param words @default the state itself */
export function stateTag(state: string, words = state === 'running' ? 'a turn runs' : state): Html {
  return html`<span class="tag ${KINDS[state] ?? ''}">${words}</span>`;
}

const TAGS: Readonly<Record<Standing, string>> = {
  head: 'the next turn goes on from here',
  kept: 'done',
  undone: 'undone',
  apart: 'done, not gone on from',
  failed: 'failed',
  cancelled: 'cancelled',
  queued: 'waits for the turns before it',
  running: 'running',
};

export function frame(facts: FrameFacts, viewer: Viewer): Html {
  const { n, turn, standing, goesOnFrom, choices } = facts;
  const { turnId, generationId, done, failed, acceptedAt } = turn;
  const cost = done?.cost ?? failed?.cost;
  const told: readonly Part[] = [
    done !== undefined && html`${foreign(done.route)}, ${foreign(done.model)}`,
    done !== undefined && `history: ${HISTORY_WORDS[done.use]}`,
    goesOnFrom !== undefined && html`goes on from turn ${foreign(goesOnFrom)}`,
    cost !== undefined &&
      `${usd(cost.sureUsd)}${cost.possibleUsd > 0 ? `, ${usd(cost.possibleUsd)} more possible` : ''}`,
    html`${ago(acceptedAt, viewer)} ago`,
  ];
  return section(
    `turn ${turnId}`,
    html`<div class="frame ${standing}">
      <div class="picture">${picture(facts)}</div>
      <div class="words">
        <p>${stateTag(standing, TAGS[standing])}</p>
        ${prompt(turn)} ${done?.warnings.map((warning) => html`<p class="warning">${foreign(warning)}</p>`)}
        <p class="beside">${told.map((part) => part !== false && html`<span>${part}</span> `)}</p>
        <p class="beside"><a href="${pathTo('/generations', generationId)}">all about this generation</a></p>
        <div class="choices">${choices}</div>
      </div>
    </div>`,
    { title: html`${n} ${foreign(turnId)}` },
  );
}

function picture({ n, turn, standing, running }: FrameFacts): Part {
  const { done, failed, excerpt } = turn;
  const alt = excerpt === undefined ? `image of turn ${n}` : `turn ${n}: ${excerpt}`;
  if (done !== undefined && done.images.length > 0)
    return done.images.map((image) => artifactImage(image, alt));
  if (failed !== undefined) {
    const { verdict, why } = failedWords(failed);
    return html`<div class="blank bad">
      <strong>${foreign(verdict)}</strong>
      <p>${foreign(why)}</p>
    </div>`;
  }
  const why = running === undefined ? '' : `${running.phase}${running.why === '' ? '' : `: ${running.why}`}`;
  return html`<div class="blank">
    <strong>${standing}</strong>${why !== '' && html`<p>${foreign(why)}</p>`}
  </div>`;
}

function prompt({ excerpt }: TurnView): Html {
  if (excerpt === undefined) return html`<p class="said hidden">prompt hidden</p>`;
  return html`<p class="said">
    ${foreign(`${excerpt}${excerpt.length >= EXCERPT && !excerpt.endsWith('…') ? '…' : ''}`)}
  </p>`;
}
