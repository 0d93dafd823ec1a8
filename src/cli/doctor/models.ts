/**
 * The catalogue against what the key sees on its endpoint: ids die within a year, and a model that is
 * gone is found out by a paid generation otherwise.
 */
import type { Catalogue, ModelEntry } from '../../domain/catalogue.ts';
import { catalogueEndpoint } from '../../domain/catalogue.ts';
import { isEnding, standingWords } from '../../domain/model-life.ts';
import type { Finding } from './check.ts';
import type { Route } from './verdict.ts';
import { troubleOf, verdictOf } from './verdict.ts';

/** How image models call themselves so far. */
const IMAGE_MODEL = /image|imagen|nano-banana/i;
const GENERATES = 'generateContent';

export async function lookAtModels(
  route: Route,
  catalogue: Catalogue,
  chain: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const live = await listLive(route, { timeoutMs, signal });
  if ('status' in live) return live;
  return judgeModels({ live, catalogue: catalogueHere(route, catalogue), chain, now: Date.now() });
}

/** Ids of all models that generate, as the account sees them, or what is in the way. */
export async function listLive(
  { gemini }: Route,
  bounds: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<readonly string[] | Finding> {
  const answer = await gemini.listModels({ ...bounds, attemptId: 'doctor/2' });
  if (answer.kind === 'failed') {
    return troubleOf(`the list of models at ${gemini.account.baseUrl}`, verdictOf(answer.record, {}));
  }
  const generating = answer.value.filter(
    ({ actions }) => actions.length === 0 || actions.includes(GENERATES),
  );
  return generating.map(({ name }) => name);
}

/** What holds on the endpoint of a route. */
export function catalogueHere({ gemini }: Route, catalogue: Catalogue): Catalogue {
  const endpoint = catalogueEndpoint(gemini.account);
  return catalogue.filter((entry) => entry.endpoint === endpoint);
}

/** Image models that are there and that the catalogue of this endpoint does not know. */
export function unknownOf(live: readonly string[], catalogue: Catalogue): readonly string[] {
  const known = new Set(catalogue.map(({ model }) => model));
  return live.filter((model) => IMAGE_MODEL.test(model) && !known.has(model));
}

export interface SeenModels {
  /** Ids of all models that generate. */
  readonly live: readonly string[];
  /** Of the endpoint that was asked. */
  readonly catalogue: Catalogue;
  readonly chain: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export function judgeModels({ live, catalogue, chain, now }: SeenModels): Finding {
  const chained = chain.map((model) => catalogue.find((entry) => entry.model === model) ?? { model });
  const gone = chained.filter(({ model }) => !live.includes(model));
  const ending = chained.filter(isKnown).filter((entry) => isEnding(entry, now));
  const dead = catalogue.filter(({ model }) => !live.includes(model) && !chain.includes(model));
  const unknown = unknownOf(live, catalogue);
  const facts = { live: live.length, gone: names(gone), ending: names(ending), absent: names(dead), unknown };
  const words = (entries: readonly Named[]): string => entries.map((each) => nameWords(each, now)).join(', ');

  const notes = [
    ...(dead.length === 0 ? [] : [`in the catalogue and not here: ${words(dead)}`]),
    ...(unknown.length === 0
      ? []
      : [`here and not in the catalogue (option \`catalogue\`): ${unknown.join(', ')}`]),
  ];
  if (gone.length > 0) {
    const instead = insteadOf(gone);
    return {
      status: 'failed',
      seen: [`not here, and in the chain: ${words(gone)}`, ...notes].join('; '),
      cure: `take ${instead} into the plugin option \`chain\`, or a key that may use them`,
      facts,
    };
  }
  if (ending.length > 0) {
    return {
      status: 'warning',
      seen: [`the chain is live; ending: ${words(ending)}`, ...notes].join('; '),
      cure: `take ${insteadOf(ending)} into the plugin option \`chain\` in place of ${names(ending).join(', ')}`,
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

type Named = Pick<ModelEntry, 'model'> & Partial<ModelEntry>;

function insteadOf(entries: readonly Named[]): string {
  const replacements = entries.flatMap(({ replacement }) => replacement ?? []);
  return replacements.length === 0 ? 'one of the live models' : [...new Set(replacements)].join(', ');
}

/** `gemini-2.5-flash-image (retired 49 days ago; use gemini-nano-banana-2.1)` */
function nameWords(entry: Named, now: number): string {
  const told = isKnown(entry) ? standingWords(entry, now) : 'available';
  return told === 'available' || told === 'recommended' ? entry.model : `${entry.model} (${told})`;
}

function isKnown(entry: Named): entry is ModelEntry {
  return 'state' in entry;
}

function names(entries: readonly Named[]): readonly string[] {
  return entries.map(({ model }) => model);
}
