/**
 * What changes for a request at a provider that is not Google: an image API that knows a prompt, images
 * and a size by its own name. The same words stand in the question that a person answers before, and in
 * the warnings of what was delivered after. Pure.
 */
import type { ModelEntry } from './catalogue.ts';
import type { Account } from './path.ts';
import type { GenerationRequest, Size } from './request.ts';
import { SIZES } from './request.ts';

export function isOtherProvider(account: Pick<Account, 'provider'> | undefined): boolean {
  return account !== undefined && account.provider !== 'google';
}

interface Form {
  readonly size?: Size;
  readonly aspectRatio?: string;
}

/** The provider's own name of a size and ratio, as configured; undefined where it has none, or none is asked for. */
export function sizeNameOf(
  { sizeNames, defaultSize }: Pick<ModelEntry, 'sizeNames' | 'defaultSize'>,
  { size, aspectRatio }: Form,
): string | undefined {
  if (size === undefined && aspectRatio === undefined) return undefined;
  return sizeNames?.[size ?? defaultSize]?.[aspectRatio ?? '1:1'];
}

/** Of what has no name there: what is said in the prompt instead. */
export function formInWords(entry: Pick<ModelEntry, 'sizeNames' | 'defaultSize'>, form: Form): string {
  if (sizeNameOf(entry, form) !== undefined) return '';
  const { size, aspectRatio } = form;
  return [
    ...(aspectRatio === undefined ? [] : [`Aspect ratio ${aspectRatio}.`]),
    ...(size === undefined ? [] : [`Resolution ${size}.`]),
  ].join(' ');
}

/** What was asked where it can be had, else the largest below it, else the smallest. */
export function nearestSize({ sizes, defaultSize }: ModelEntry, { size = defaultSize }: Form): Size {
  const upTo = SIZES.slice(0, SIZES.indexOf(size) + 1);
  return sizes.findLast((each) => upTo.includes(each)) ?? sizes[0];
}

/** Settings of Gemini's that no field of the other API carries. */
const UNSENT = ['thinking', 'safetySettings', 'seed', 'temperature', 'maxOutputTokens'] as const;

/** In words for people. `size` is what is sent. */
export function lossesAt(entry: ModelEntry, request: GenerationRequest, size: Size): readonly string[] {
  const { aspectRatio } = request;
  const form = {
    ...(request.size === undefined ? {} : { size }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
  };
  const words = formInWords(entry, form);
  const unsent = UNSENT.filter((name) => request[name] !== undefined);
  return [
    ...(request.size === undefined || request.size === size ? [] : [`${request.size} becomes ${size}`]),
    ...(words === '' ? [] : [`only asked for in words: ${words}`]),
    ...(unsent.length === 0 ? [] : [`not sent: ${unsent.join(', ')}`]),
  ];
}
