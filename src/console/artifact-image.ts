/** An image of the store on a page: fetched when it comes into view, its room kept until then. */
import type { ImageRef } from '../domain/artifact.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

/** @param alt what it shows; empty where the words beside it say so */
export function artifactImage({ sha256, width, height }: ImageRef, alt: string): Html {
  return html`<img
    src="/artifacts/${sha256}"
    width="${width}"
    height="${height}"
    alt="${alt}"
    loading="lazy"
  />`;
}
