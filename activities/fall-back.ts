/** `gemini.fallBack`: prepares the next rung and says whether it is open at all. */
import type { FallBackAnswer, FallBackInput } from '../src/contract/generation.ts';
import { preflightShape } from '../src/domain/ladder.ts';
import { isRetired, lifeWords } from '../src/domain/model-life.ts';
import { preflight } from '../src/domain/preflight.ts';
import { storedInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { routeNamed } from './deps.ts';
import { entryOf } from './model-entry.ts';
import { holdOn, overloadedTier } from './outlook.ts';

export async function fallBack(deps: ActivityDeps, input: FallBackInput): Promise<FallBackAnswer> {
  const rung = input.snapshot.rungs[input.variation.rung];
  if (rung === undefined) return { kind: 'closed', why: 'the rung is not in the snapshot' };
  const route = routeNamed(deps, rung.route);
  if (route === undefined) return { kind: 'closed', why: `route ${rung.route} is not configured any more` };
  const entry = entryOf(deps, route, rung.model);
  if (entry === undefined || entry.state === 'shut-down') {
    return { kind: 'closed', why: `${rung.model} is not in the worker's catalogue any more` };
  }
  const now = Date.now();
  if (rung.kind === 'fallback' && isRetired(entry, now))
    return { kind: 'closed', why: `${rung.model} ${lifeWords(entry, now)}` };
  const size = input.variation.size ?? rung.sizes[0];
  const shape = preflightShape(input.request, storedInputs(input), size, route.gemini.account);
  const [problem] = preflight(shape, entry);
  if (problem !== undefined) return { kind: 'closed', why: `${problem.field}: ${problem.message}` };
  const held = holdOn(deps, rung, input);
  if (held?.hold.phase === 'held') return { kind: 'closed', why: held.why };
  const overloaded = overloadedTier(deps, input, rung);
  if (overloaded !== undefined) return { kind: 'closed', why: overloaded };
  return { kind: 'open', path: `${rung.route}: ${rung.model} ${rung.tier}` };
}
