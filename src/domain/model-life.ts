/**
 * What states and dates of a catalogue mean at a moment. A date is an announcement, not a fact: a model past
 * its own is called where a request names it, with a warning, and nothing else leads there
 * (docs/decisions/0031).
 */
import type { ModelEntry } from './model-entry.ts';

type Dated = Pick<ModelEntry, 'state' | 'shutdownDate'>;
type Named = Dated & Pick<ModelEntry, 'model' | 'replacement'>;

const DAY_MS = 86_400_000;
/** From here on people are told. */
const SOON_DAYS = 30;

/** `days`: whole ones since the date; absent where it is shut down without one, or before it. */
export type Life =
  | { readonly kind: 'lasting' }
  | { readonly kind: 'ending'; readonly days: number }
  | { readonly kind: 'retired'; readonly days?: number };

/** @param now Epoch milliseconds. */
export function lifeOf({ state, shutdownDate }: Dated, now: number): Life {
  const left = shutdownDate === undefined ? undefined : (Date.parse(shutdownDate) - now) / DAY_MS;
  if (left !== undefined && left <= 0) return { kind: 'retired', days: Math.floor(-left) };
  if (state === 'shut-down') return { kind: 'retired' };
  return left === undefined ? { kind: 'lasting' } : { kind: 'ending', days: Math.ceil(left) };
}

export function isRetired(entry: Dated, now: number): boolean {
  return lifeOf(entry, now).kind === 'retired';
}

/** Deprecated, retired, or to be within 30 days. */
export function isEnding(entry: Dated, now: number): boolean {
  const life = lifeOf(entry, now);
  if (life.kind === 'ending' && life.days <= SOON_DAYS) return true;
  return life.kind === 'retired' || entry.state === 'deprecated';
}

/** `retires in 12 days`, `retired 28 days ago; use gemini-nano-banana-2.1`; undefined where no end is known. */
export function lifeWords(entry: Dated & Pick<ModelEntry, 'replacement'>, now: number): string | undefined {
  const told = timeWords(lifeOf(entry, now));
  if (told === undefined) return undefined;
  return entry.replacement === undefined ? told : `${told}; use ${entry.replacement}`;
}

/** The state, and when it ends: `available; retires in 12 days`. What is retired is nothing else any more. */
export function standingWords(entry: Dated & Pick<ModelEntry, 'replacement'>, now: number): string {
  const told = lifeWords(entry, now);
  if (told === undefined) return entry.state;
  return isRetired(entry, now) ? told : `${entry.state}; ${told}`;
}

/** For whoever named the model; undefined where its end is more than 30 days off. */
export function lifeWarning(entry: Named, now: number): string | undefined {
  const life = lifeOf(entry, now);
  if (life.kind === 'lasting' || (life.kind === 'ending' && life.days > SOON_DAYS)) return undefined;
  const { model, shutdownDate, replacement } = entry;
  const date = shutdownDate === undefined ? '' : ` (announced for ${shutdownDate})`;
  const cure = replacement === undefined ? 'name another model' : `name ${replacement} instead`;
  return `${model} ${timeWords(life)}${date}: ${cure}`;
}

/**
 * The model of a request that names none: the chain's first that is not retired, else its first. One that the
 * catalogue does not know is taken as it stands, so that whoever misspelt it is told.
 */
export function defaultModel(
  chain: readonly [string, ...string[]],
  entryOf: (model: string) => ModelEntry | undefined,
  now: number,
): string {
  const living = chain.find((model) => {
    const entry = entryOf(model);
    return entry === undefined || !isRetired(entry, now);
  });
  return living ?? chain[0];
}

function timeWords(life: Life): string | undefined {
  switch (life.kind) {
    case 'lasting':
      return undefined;
    case 'ending':
      return `retires in ${daysWords(life.days)}`;
    case 'retired':
      if (life.days === undefined) return 'is shut down';
      return life.days === 0 ? 'retired today' : `retired ${daysWords(life.days)} ago`;
  }
}

function daysWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
