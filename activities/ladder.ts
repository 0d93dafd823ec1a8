/** The ladder of a generation on this worker: its routes, catalogue and chain. */
import type { ModelEntry } from '../src/domain/catalogue.ts';
import type { LadderRoute } from '../src/domain/ladder.ts';
import { ladder } from '../src/domain/ladder.ts';
import type { Start } from '../src/domain/quality.ts';
import { chainFor } from '../src/domain/quality.ts';
import type { GenerationRequest, StoredInput } from '../src/domain/request.ts';
import type { Rung } from '../src/domain/snapshot.ts';
import type { ActivityDeps, ConfiguredRoute } from './deps.ts';
import { routeNamed } from './deps.ts';
import { entryOf } from './model-entry.ts';

export function rungsOf(
  deps: ActivityDeps,
  asked: ModelEntry,
  request: GenerationRequest,
  inputs: readonly StoredInput[],
): readonly Rung[] {
  const [first, ...others] = deps.routes;
  return ladder({
    routes: [laneRoute(deps, first), ...others.map((route) => laneRoute(deps, route))],
    entryOf: (name, model) => {
      const route = routeNamed(deps, name);
      return route === undefined ? undefined : entryOf(deps, route, model);
    },
    chain: chainFor(startOn(deps, request, inputs)),
    asked,
    request,
    inputs,
    now: Date.now(),
  });
}

/** What decides on which model it starts. */
export function startOn(
  deps: ActivityDeps,
  request: GenerationRequest,
  inputs: readonly StoredInput[],
): Start {
  const [route] = deps.routes;
  return {
    request,
    inputs,
    chain: deps.chain,
    route: ladderRoute(route),
    entryOf: (model) => entryOf(deps, route, model),
    now: Date.now(),
  };
}

export function ladderRoute({ name, gemini, models }: ConfiguredRoute): LadderRoute {
  const { account } = gemini;
  return {
    name,
    account,
    ...(models === undefined ? {} : { models: models.map(({ model }) => model) }),
  };
}

function laneRoute({ lane }: ActivityDeps, route: ConfiguredRoute): LadderRoute {
  const batches = lane !== undefined && route.gemini.batches !== undefined;
  return { ...ladderRoute(route), ...(batches ? { batches } : {}) };
}
