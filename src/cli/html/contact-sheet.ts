/** The frame of a contact sheet: a head with its figures, a grid of cards, a foot; written in one go or card by card. */
import { CONTACT_SHEET_STYLE } from './contact-sheet-style.ts';
import { escape } from '../../words/escape.ts';

export interface SheetHead {
  readonly title: string;
  /** A sentence below the title. */
  readonly words: string;
  readonly figures: readonly (readonly [string, string | number])[];
}

/** Paths are relative to the page. */
export interface Picture {
  readonly full: string;
  readonly preview: string;
  readonly width: number;
  readonly height: number;
}

export interface SheetCard {
  readonly title: string;
  /** A line below the title; none where empty. */
  readonly under: string;
  /** HTML of the picture, or of why there is none. */
  readonly picture: string;
  /** HTML between the title and the facts. */
  readonly story: string;
  readonly facts: readonly string[];
}

export function sheetHead({ title, words, figures }: SheetHead): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · temporal-gemini-images</title>
<style>${CONTACT_SHEET_STYLE}</style>
</head>
<body>
<header>
  <h1>${escape(title)}</h1>
  <p>${escape(words)}</p>
  <dl>${figures.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(String(value))}</dd></div>`).join('')}</dl>
</header>
<main>
`;
}

export const SHEET_FOOT = `</main>
</body>
</html>
`;

export function sheetCard({ title, under, picture, story, facts }: SheetCard): string {
  return `<figure>
  ${picture}
  <figcaption>
    <h2>${escape(title)}</h2>
    <p class="trouble">${escape(under)}</p>
    ${story}
    <p class="facts">${facts.map(escape).join(' · ')}</p>
  </figcaption>
</figure>
`;
}

export function shownPicture({ full, preview, width, height }: Picture, title: string): string {
  return `<a href="${escape(full)}"><img src="${escape(preview)}" width="${width}" height="${height}" alt="${escape(title)}" loading="lazy"></a>`;
}
