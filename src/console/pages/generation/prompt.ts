/** How a remedy changed the prompt: word by word, and what it left out. */
import type { PromptTexts } from '../../../client/prompt-texts.ts';
import { diffOf } from '../../../client/prompt-texts.ts';
import type { DiffPart } from '../../../domain/preparation.ts';
import type { Html } from '../../html.ts';
import { foreign, html, NOTHING } from '../../html.ts';
import type { Part } from '../../part.ts';
import { section } from '../../section.ts';
import type { GenerationData } from './load.ts';

export function promptSection({ ending, texts }: GenerationData): Html {
  const change = ending?.result?.promptChange;
  if (change === undefined || texts === undefined) return NOTHING;
  const { remedy, techniques, prompt, change: words } = change;
  return section(
    'prompt-change',
    html`<p>By <strong>${remedy}</strong>: ${foreign([...new Set([...techniques, words])].join(', '))}</p>
      ${textsHtml(texts, prompt)}`,
    { title: 'The prompt was changed' },
  );
}

/** @param prompt SHA-256 of the one that was sent; the first one where none is named */
export function textsHtml(texts: Part<PromptTexts>, prompt?: string): Html {
  if (texts.kind === 'missing')
    return html`<p class="empty">The texts cannot be read: ${foreign(texts.why)}.</p>`;
  const { value } = texts;
  switch (value.kind) {
    case 'hidden':
      return html`<p class="empty">The texts are hidden, as the request says.</p>`;
    case 'missing':
      return html`<p class="empty">The store has lost the texts.</p>`;
    case 'read': {
      const left = leftOut(value, prompt);
      return html`<p class="diff card">${diffOf(value.record, prompt).map(partHtml)}</p>
        ${left.length > 0 && html`<p>Left out: ${foreign(left.join('; '))}</p>`}`;
    }
  }
}

function partHtml({ value, added, removed }: DiffPart): Html {
  if (added === true) return html`<ins>${foreign(value)}</ins>`;
  return removed === true ? html`<del>${foreign(value)}</del>` : foreign(value);
}

function leftOut(
  { record }: Extract<PromptTexts, { readonly kind: 'read' }>,
  prompt: string | undefined,
): readonly string[] {
  const { requirements = [], keeps = [], prompts } = record;
  const kept = keeps[prompts.findIndex(({ sha256 }) => sha256 === prompt)];
  return kept === undefined ? [] : requirements.slice(kept);
}
