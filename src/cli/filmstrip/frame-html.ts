/** One frame of the filmstrip: the turn's image or why there is none, what was asked, what it cost. */
import { oneLine } from '../../words/one-line.ts';
import { failedWords } from '../../words/session-failed.ts';
import { HISTORY_WORDS } from '../../words/session-history.ts';
import type { Standing } from '../../words/session-history.ts';
import { costWords } from '../trail-words.ts';
import type { Frame } from './frame.ts';
import type { Preview } from './preview.ts';
import type { FramePrompt } from './prompt.ts';
import { safe } from './safe.ts';

/** Beside the title; the ordinary case has none. */
const TAGS: Readonly<Record<Standing, string | undefined>> = {
  head: 'head',
  kept: undefined,
  undone: 'undone',
  apart: 'not gone on from',
  failed: 'failed',
  cancelled: 'cancelled',
  queued: 'queued',
  running: 'running',
};

export function frameHtml(frame: Frame): string {
  const { n, turn, standing, prompt, goesOnFrom } = frame;
  const { turnId, done, failed } = turn;
  const tag = TAGS[standing];
  const cost = done?.cost ?? failed?.cost;
  const facts = [
    ...(done === undefined ? [] : [`${done.route}, ${done.model}`, HISTORY_WORDS[done.use]]),
    ...(goesOnFrom === undefined ? [] : [`goes on from turn ${oneLine(goesOnFrom)}`]),
    ...(cost === undefined ? [] : [costWords(cost)]),
    `${new Date(turn.acceptedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  ];
  return `<li class="frame ${standing}">
  <div class="picture">${picture(frame)}</div>
  <div class="told">
    <h2><span class="n">${n}</span> <bdi>${safe(oneLine(turnId))}</bdi>${tag === undefined ? '' : ` <span class="tag">${tag}</span>`}</h2>
    ${promptHtml(prompt)}
    ${(done?.warnings ?? []).map((warning) => `<p class="warning" dir="auto">${safe(warning)}</p>`).join('')}
    ${strip('inputs', frame.inputs.map(inputHtml))}
    ${strip(
      'drafts',
      frame.drafts.map((draft) => imageHtml(draft, 'draft')),
    )}
    <p class="facts">${facts.map((fact) => `<span>${safe(fact)}</span>`).join(' · ')}</p>
  </div>
</li>`;
}

function picture({ n, images, turn: { failed }, standing, doing }: Frame): string {
  if (images.length > 0) return images.map((image) => imageHtml(image, `image of turn ${n}`)).join('');
  if (failed !== undefined) {
    const { verdict, why } = failedWords(failed);
    return `<div class="none"><strong>${safe(verdict)}</strong><p dir="auto">${safe(why)}</p></div>`;
  }
  const waits = standing === 'queued' || standing === 'running' ? ' waits' : '';
  const why = standing === 'queued' ? 'waits for the turns before it' : (doing ?? '');
  return `<div class="none${waits}"><strong>${standing}</strong><p dir="auto">${safe(why)}</p></div>`;
}

function imageHtml(image: Preview, alt: string): string {
  return image.kind === 'shown'
    ? `<img src="${image.uri}" width="${image.width}" height="${image.height}" alt="${alt}">`
    : `<div class="none"><strong>no image</strong><p>${safe(image.why)}</p></div>`;
}

/** A URL is told and never fetched, nor made a link: anybody may have written it. */
function inputHtml(input: Frame['inputs'][number]): string {
  return input.kind === 'url' ? `<code>${safe(input.url)}</code>` : imageHtml(input, 'input image');
}

const NOTES: Readonly<Record<Exclude<FramePrompt['kind'], 'hidden' | 'whole'>, string>> = {
  'as-sent': 'as it was sent; the request is not kept any more',
  beginning: 'its beginning',
};

function promptHtml(prompt: FramePrompt): string {
  if (prompt.kind === 'hidden') return '<p class="prompt hidden">hidden</p>';
  const note = prompt.kind === 'whole' ? '' : `<p class="facts">${NOTES[prompt.kind]}</p>`;
  return `<p class="prompt" dir="auto">${safe(prompt.text)}</p>${note}`;
}

function strip(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const list = items.map((item) => `<li>${item}</li>`).join('');
  return `<section><h3>${title}</h3><ul class="small">${list}</ul></section>`;
}
