/**
 * Plays the acts in which everything goes on by itself. It starts generations and tells how they end;
 * what they came to is counted afterwards, from other witnesses (`audit.ts`).
 */
import type { GenerationResult, TrailLine } from '../../src/contract/generation.ts';
import type { GenerationHandle } from '../../src/client/generation-handle.ts';
import { GenerationFailed, StillRunning } from '../../src/client/errors.ts';
import type { Act, Scenario } from './scenario.ts';
import type { Show } from './show.ts';

const WAIT_MS = 100_000;

type Ending =
  | { readonly kind: 'delivered'; readonly result: GenerationResult }
  | { readonly kind: 'failed'; readonly error: GenerationFailed }
  | { readonly kind: 'running'; readonly words: string };

export async function playAct(show: Show, { title, scenarios, summary }: Act): Promise<void> {
  show.teller.heading(title);
  if (summary === undefined) {
    await Promise.all(scenarios.map((scenario) => play(show, scenario)));
    return;
  }
  const played = scenarios.map(async (scenario) => ({
    scenario,
    ending: await endOf(await start(show, scenario)),
  }));
  const endings = await Promise.all(played);
  const isClean = ({ ending }: { readonly ending: Ending }) =>
    ending.kind === 'delivered' && ending.result.trail.length === 1;
  if (endings.every(isClean)) show.teller.allGood(summary);
  else for (const { scenario, ending } of endings) tell(show, scenario, ending);
}

export async function play(show: Show, scenario: Scenario): Promise<void> {
  await tellEnd(show, scenario, await start(show, scenario));
}

export async function start(
  { stage: { images }, cast }: Pick<Show, 'stage' | 'cast'>,
  scenario: Scenario,
): Promise<GenerationHandle> {
  const handles = await Promise.all(
    Array.from({ length: scenario.twice === true ? 2 : 1 }, () => images.start(scenario.request)),
  );
  for (const { id } of handles) cast.set(id, scenario);
  return handles[0] as GenerationHandle;
}

/** Waits for its end and tells it. */
export async function tellEnd(show: Show, scenario: Scenario, handle: GenerationHandle): Promise<void> {
  tell(show, scenario, await endOf(handle));
}

async function endOf(handle: GenerationHandle): Promise<Ending> {
  try {
    return { kind: 'delivered', result: await handle.result({ waitMs: WAIT_MS }) };
  } catch (error) {
    if (error instanceof GenerationFailed) return { kind: 'failed', error };
    if (error instanceof StillRunning) return { kind: 'running', words: error.message };
    throw error;
  }
}

function tell({ teller }: Show, scenario: Scenario, ending: Ending): void {
  switch (ending.kind) {
    case 'delivered':
      teller.good(scenario, `${scenario.trouble} → ${deliveredWords(ending.result)}`);
      return;
    case 'failed':
      teller.bad(scenario, `${scenario.trouble} → ${failedWords(ending.error)}`);
      return;
    case 'running':
      teller.bad(scenario, ending.words);
  }
}

function deliveredWords({ images: [image], trail, size }: GenerationResult): string {
  const what = `image ${size ?? `${image?.width}×${image?.height}`}`;
  const ways = waysOf(trail);
  return `${what} after ${attemptWords(trail)}${ways === '' ? '' : ` (${ways})`}`;
}

function failedWords({ failure, classification, trail, owner, userAction }: GenerationFailed): string {
  const { branch, reason } = classification;
  const after = `dead after ${attemptWords(trail)}: ${branch}/${reason}`;
  if (failure.cause === 'rejected') return `${after}; ${failure.why}`;
  return `${after}; ${owner}: ${userAction}`;
}

/** How it left the path that was asked: `fallback`, `rewrite`; the table at the end says more. */
function waysOf(trail: readonly TrailLine[]): string {
  const ways = trail.flatMap(({ move }) => {
    if (move.startsWith('text call')) return [];
    if (move.startsWith('retest with')) return ['asks TEXT+IMAGE'];
    const [way, change] = move.split(': ');
    return change === undefined ? [] : [way as string];
  });
  return [...new Set(ways)].join(', ');
}

function attemptWords({ length }: readonly TrailLine[]): string {
  return length === 1 ? '1 attempt' : `${length} attempts`;
}
