/**
 * The catalogue against what the key sees on its endpoint: ids die within a year, and a model that is
 * gone is found out by a paid generation otherwise.
 */
import type { Catalogue, ModelEntry } from '../../domain/catalogue.ts';
import type { Finding } from './check.ts';
import type { Route } from './verdict.ts';
import { troubleOf, verdictOf } from './verdict.ts';

/** How image models call themselves so far. */
const IMAGE_MODEL = /image|imagen|nano-banana/i;
const GENERATES = 'generateContent';
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export async function lookAtModels(
  { gemini }: Route,
  catalogue: Catalogue,
  chain: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const answer = await gemini.listModels({ timeoutMs, signal, attemptId: 'doctor/2' });
  if (answer.kind === 'failed') {
    return troubleOf(`the list of models at ${gemini.account.baseUrl}`, verdictOf(answer.record, {}));
  }
  const live = answer.value.filter(({ actions }) => actions.length === 0 || actions.includes(GENERATES));
  const names = live.map(({ name }) => name);
  return judgeModels({ live: names, catalogue, chain, now: Date.now() });
}

export interface SeenModels {
  readonly live: readonly string[];
  readonly catalogue: Catalogue;
  readonly chain: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export function judgeModels({ live, catalogue, chain, now }: SeenModels): Finding {
  const entries = [...new Map(catalogue.map((entry) => [entry.model, entry])).values()];
  const entryOf = (model: string): ModelEntry | undefined => entries.find((entry) => entry.model === model);
  const gone = chain.filter((model) => !live.includes(model));
  const ending = entries.filter((entry) => chain.includes(entry.model) && isEnding(entry, now));
  const dead = entries.filter(({ model }) => !live.includes(model) && !chain.includes(model));
  const unknown = live.filter((model) => IMAGE_MODEL.test(model) && entryOf(model) === undefined);
  const facts = { live: live.length, gone, ending: names(ending), absent: names(dead), unknown };

  const notes = [
    ...(dead.length === 0 ? [] : [`in the catalogue and not here: ${dead.map(lifeWords).join(', ')}`]),
    ...(unknown.length === 0
      ? []
      : [`here and not in the catalogue (option \`catalogue\`): ${unknown.join(', ')}`]),
  ];
  if (gone.length > 0) {
    const told = gone.map((model) => lifeWords(entryOf(model) ?? { model, state: 'available' }));
    const replacements = gone.flatMap((model) => entryOf(model)?.replacement ?? []);
    const instead = replacements.length === 0 ? 'one of the live models' : replacements.join(', ');
    return {
      status: 'failed',
      seen: [`not here, and in the chain: ${told.join(', ')}`, ...notes].join('; '),
      cure: `take ${instead} into the plugin option \`chain\`, or a key that may use them`,
      facts,
    };
  }
  if (ending.length > 0) {
    return {
      status: 'warning',
      seen: [`the chain is live; ending: ${ending.map(lifeWords).join(', ')}`, ...notes].join('; '),
      cure: 'name the replacements in the plugin option `chain`',
      facts,
    };
  }
  // Others' models are no trouble: they are named so that the catalogue may learn them.
  return {
    status: 'ok',
    seen: [`all ${chain.length} models of the chain are live`, ...notes].join('; '),
    facts,
  };
}

function isEnding({ state, shutdownDate }: ModelEntry, now: number): boolean {
  if (state === 'deprecated' || state === 'shut-down') return true;
  return shutdownDate !== undefined && Date.parse(shutdownDate) - now < SOON_DAYS * DAY_MS;
}

/** `gemini-2.5-flash-image (deprecated, ends 2026-10-02, use gemini-nano-banana-2.1)` */
function lifeWords({
  model,
  state,
  shutdownDate,
  replacement,
}: Pick<ModelEntry, 'model' | 'state' | 'shutdownDate' | 'replacement'>): string {
  const told = [
    ...(state === 'deprecated' || state === 'shut-down' ? [state] : []),
    ...(shutdownDate === undefined ? [] : [`ends ${shutdownDate}`]),
    ...(replacement === undefined ? [] : [`use ${replacement}`]),
  ];
  return told.length === 0 ? model : `${model} (${told.join(', ')})`;
}

function names(entries: readonly ModelEntry[]): readonly string[] {
  return entries.map(({ model }) => model);
}
