/** The two ways in which providers that copy OpenAI's API make images. */
export const DIALECTS = ['images', 'chat'] as const;

/**
 * `images`: `POST /images/generations`, and `/images/edits` where there are inputs. `chat`:
 * `POST /chat/completions`, whose answer carries images in `message.images` or in its text.
 */
export type Dialect = (typeof DIALECTS)[number];
