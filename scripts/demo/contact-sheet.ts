/**
 * The contact sheet: `index.html` with every image, its trail and its cost, beside the images in full
 * and as previews. Everything comes from the audit and the store.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import type { Audit, AuditedGeneration } from './audit.ts';
import type { Cast } from './play.ts';
import { imageWords, seconds, trailSteps, usd } from './story.ts';
import { CONTACT_SHEET_STYLE } from './contact-sheet-style.ts';

const PREVIEW_PIXELS = 720;

export interface ContactSheetFacts {
  readonly out: string;
  readonly store: ArtifactStore;
  readonly audit: Audit;
  readonly cast: Cast;
  /** For the page's subtitle: `waits ÷ 20`. */
  readonly scale: string;
}

/** Returns the path of the page. */
export async function writeContactSheet({
  out,
  store,
  audit,
  cast,
  scale,
}: ContactSheetFacts): Promise<string> {
  await mkdir(join(out, 'images'), { recursive: true });
  const cards: string[] = [];
  for (const generation of audit.generations) {
    const name = cast.get(generation.id)?.key ?? generation.id.replaceAll(/[^\w-]/g, '_');
    const picture = await writePicture(out, store, generation, name);
    cards.push(card(generation, cast, picture));
  }
  const page = join(out, 'index.html');
  await writeFile(page, html(audit, cards, scale));
  return page;
}

interface Picture {
  readonly full: string;
  readonly preview: string;
  readonly width: number;
  readonly height: number;
}

async function writePicture(
  out: string,
  store: ArtifactStore,
  { images }: AuditedGeneration,
  name: string,
): Promise<Picture | undefined> {
  const [image] = images;
  if (image === undefined) return undefined;
  const bytes = await store.get(image.sha256);
  const full = `images/${name}.${image.mime === 'image/png' ? 'png' : 'jpg'}`;
  const preview = `images/${name}.preview.webp`;
  await writeFile(join(out, full), bytes);
  await sharp(bytes).resize(PREVIEW_PIXELS).webp({ quality: 82 }).toFile(join(out, preview));
  return { full, preview, width: image.width, height: image.height };
}

function card(generation: AuditedGeneration, cast: Cast, picture: Picture | undefined): string {
  const { id, attempts, calls, cost, waitedMs } = generation;
  const scenario = cast.get(id);
  const title = escape(scenario?.title ?? id);
  const trail = trailSteps(attempts)
    .map(({ kind, words }) => `<li class="${kind}">${escape(words)}</li>`)
    .join('');
  const facts = [
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    `${usd(cost.sureUsd)} sure`,
    ...(cost.possibleUsd > 0 ? [`${usd(cost.possibleUsd)} possible`] : []),
    ...(waitedMs >= 1_000 ? [`waited ${seconds(waitedMs)}`] : []),
    imageWords(generation),
  ];
  return `<figure>
  ${picture === undefined ? noPicture(generation) : shown(picture, title)}
  <figcaption>
    <h2>${title}</h2>
    <p class="trouble">${escape(scenario?.trouble ?? '')}</p>
    <ol class="trail">${trail}</ol>
    <p class="facts">${facts.map(escape).join(' · ')}</p>
  </figcaption>
</figure>`;
}

function shown({ full, preview, width, height }: Picture, title: string): string {
  return `<a href="${full}"><img src="${preview}" width="${width}" height="${height}" alt="${title}" loading="lazy"></a>`;
}

function noPicture({ standing, failure }: AuditedGeneration): string {
  if (failure === undefined) return `<div class="none"><strong>${standing}</strong></div>`;
  const { branch, reason, owner, userAction, message } = failure.classification;
  return `<div class="none">
    <strong>${escape(`${branch}/${reason}`)}</strong>
    <q>${escape(message)}</q>
    <p><b>${escape(owner)}:</b> ${escape(userAction)}</p>
  </div>`;
}

function html({ totals }: Audit, cards: readonly string[], scale: string): string {
  const { generations, done, dead, images, lost, paidTwice, possiblyPaid } = totals;
  const figures: readonly (readonly [string, number])[] = [
    ['generations', generations],
    ['delivered', done],
    ['dead letters', dead],
    ['images', images],
    ['possibly paid', possiblyPaid],
    ['lost', lost],
    ['paid twice', paidTwice],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Contact sheet · temporal-gemini-images</title>
<style>${CONTACT_SHEET_STYLE}</style>
</head>
<body>
<header>
  <h1>Contact sheet</h1>
  <p>Every generation of the demo, with the trail of branches that led to its image. Pictures by the emulator; ${escape(scale)}.</p>
  <dl>${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
</header>
<main>
${cards.join('\n')}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
