/** The images, and on request the drafts: the browser loads those once they are opened. */
import type { ImageRef } from '../../../domain/artifact.ts';
import type { Html } from '../../html.ts';
import { foreign, html, NOTHING } from '../../html.ts';
import { section } from '../../section.ts';
import type { GenerationData } from './load.ts';

export function imageSection({ ending, storeProblem, request }: GenerationData): Html {
  const result = ending?.result;
  if (result === undefined) return NOTHING;
  const { images, drafts, texts, route, model, modelVersion, size, pathWhy, warnings } = result;
  const path = [model, size, modelVersion === model ? undefined : modelVersion].filter(
    (word) => word !== undefined,
  );
  const show = storeProblem === undefined;
  return section(
    'images',
    html`${warnings.map((warning) => html`<p class="told busy">${foreign(warning)}</p>`)}
      ${show && html`<div class="images">${images.map((image, i) => figure(image, `image ${i + 1} of ${images.length}`))}</div>`}
      <p class="quiet-words">
        By ${foreign(path.join(', '))} on route
        ${foreign(route)}${pathWhy === undefined ? ', as asked' : html`: ${foreign(pathWhy)}`}.
      </p>
      ${texts.length > 0 && wordsOf(texts, request)}
      ${
        show &&
        drafts.length > 0 &&
        html`<details data-key="drafts">
          <summary>Drafts (${drafts.length})</summary>
          <div class="images">
            ${drafts.map((image, i) => figure(image, `draft ${i + 1} of ${drafts.length}`))}
          </div>
        </details>`
      }`,
    { title: 'Images' },
  );
}

/** A model repeats what it was asked; and what nobody knows to be public is not. */
function wordsOf(texts: readonly string[], request: GenerationData['request']): Html {
  if (request.kind === 'missing' || request.value?.hidePrompt !== false) {
    return html`<p class="empty">What the model said is hidden, as the prompt is.</p>`;
  }
  return html`${texts.map((text) => html`<p class="said">${foreign(text)}</p>`)}`;
}

function figure({ sha256, width, height, bytes, mime }: ImageRef, what: string): Html {
  const address = artifactPath(sha256);
  return html`<figure>
    <a href="${address}"
      ><img
        src="${address}"
        width="${width}"
        height="${height}"
        alt="${what}, ${width} × ${height}"
        loading="lazy"
    /></a>
    <figcaption>${width} × ${height}, ${Math.max(1, Math.round(bytes / 1_000))} kB, ${mime}</figcaption>
  </figure>`;
}

export function artifactPath(sha256: string): string {
  return `/artifacts/${encodeURIComponent(sha256)}`;
}
