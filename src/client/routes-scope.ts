/**
 * What a stop covers, in words (`credential:1a2b…`, `model:gemini-3-pro-image`), and which governor knows
 * it. Whoever types one rarely types all of it: a credential's beginning and a route without its tier do,
 * where they mean one thing.
 */
import type { GovernorView } from '../contract/exchange.ts';
import type { RouteKey, Scope } from '../contract/standing.ts';
import { SCOPE_KINDS } from '../schema/governor-command.ts';
import { invalid } from './invalid.ts';
import { knownWords } from './near-names.ts';

/** A scope where it is kept. */
export interface PlacedScope {
  /** `google/ai-studio/my-project` */
  readonly governor: string;
  readonly scope: Scope;
}

/** Fewer characters of a hash could be any. */
const SHORTEST_HASH = 4;

/** `credential:1a2b3c4d5e6f7a8b`, `endpoint:https://relay.example` */
export function scopeWords({ kind, key }: Scope): string {
  return `${kind}:${key}`;
}

/** Undefined where the text names no kind of scope: it may be a route, then. */
export function parseScope(text: string): Scope | undefined {
  const at = text.indexOf(':');
  const kind = SCOPE_KINDS.find((each) => each === text.slice(0, at));
  return kind === undefined || at === text.length - 1 ? undefined : { kind, key: text.slice(at + 1) };
}

/** As a person writes one; a bare name is a route. */
export function readScope(given: Scope | string): Scope {
  return typeof given === 'string' ? (parseScope(given) ?? { kind: 'route', key: given }) : given;
}

/** `<credential>/<model>/<tier>` */
export function routeScopeKey({ credential, model, tier }: RouteKey): string {
  return [credential, model, tier].join('/');
}

export function sameScope(one: Scope, other: Scope): boolean {
  return one.kind === other.kind && one.key === other.key;
}

/**
 * The one scope that is meant, as its governor knows it. With `governor` it is taken as it is given: one
 * that has been idle for long may have forgotten what it knew.
 *
 * Throws InvalidRequest that names what is known, or which ones are meant alike.
 *
 * @param field As the caller knows it, for the error.
 */
export function placeScope(
  views: readonly GovernorView[],
  wanted: Scope,
  governor?: string,
  field = 'scope',
): PlacedScope {
  const within = governor === undefined ? views : views.filter(({ id }) => id === governor);
  const known = within.flatMap(scopesOf).filter(({ scope }) => scope.kind === wanted.kind);
  const exact = known.filter(({ scope }) => scope.key === wanted.key);
  const meant = exact.length > 0 ? exact : known.filter(({ scope }) => isShortFor(wanted, scope));
  const [first, ...others] = meant;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined && governor !== undefined) return { governor, scope: wanted };
  const given = scopeWords(wanted);
  if (first === undefined) {
    const words = knownWords(
      given,
      [...new Set(known.map(({ scope }) => scopeWords(scope)))],
      `no ${wanted.kind} yet`,
    );
    throw invalid(
      field,
      given,
      `must be one that a governor has seen: ${words}; or say its governor as well`,
    );
  }
  const governors = [...new Set(meant.map((each) => each.governor))];
  if (governors.length > 1 && new Set(meant.map(({ scope }) => scope.key)).size === 1) {
    throw invalid('governor', governor, `must say which one is meant by ${given}: ${governors.join(', ')}`);
  }
  throw invalid(
    field,
    given,
    `must be one of ${[...new Set(meant.map(({ scope }) => scopeWords(scope)))].join(', ')}`,
  );
}

/** Everything that a governor's view tells of, each once. */
export function scopesOf(view: GovernorView): readonly PlacedScope[] {
  const { id, routes, lanes, holds, breakers, degraded } = view;
  const keys = [...routes, ...breakers, ...degraded].map(({ route }) => route);
  const scopes: readonly Scope[] = [
    ...projectsOf(id),
    ...keys.map(({ credential }) => ({ kind: 'credential', key: credential }) as const),
    ...keys.map(({ model }) => ({ kind: 'model', key: model }) as const),
    ...lanes.map(({ model }) => ({ kind: 'model', key: model }) as const),
    ...routes.flatMap(({ baseUrl }) => [
      { kind: 'endpoint', key: baseUrl } as const,
      { kind: 'gateway', key: baseUrl } as const,
    ]),
    ...keys.map((route) => ({ kind: 'route', key: routeScopeKey(route) }) as const),
    ...holds.map(({ scope }) => scope),
  ];
  return [...new Map(scopes.map((scope) => [scopeWords(scope), scope])).values()].map((scope) => ({
    governor: id,
    scope,
  }));
}

/** `google/ai-studio/my-project` → its project; a relay's address comes after it. */
function projectsOf(id: string): readonly Scope[] {
  const [, endpoint, ...rest] = id.split('/');
  const project = endpoint === 'custom' ? rest[0] : rest.join('/');
  return project === undefined || project === '' ? [] : [{ kind: 'project', key: project }];
}

function isShortFor(wanted: Scope, { kind, key }: Scope): boolean {
  switch (kind) {
    case 'credential':
      return wanted.key.length >= SHORTEST_HASH && key.startsWith(wanted.key);
    case 'route': {
      // Its model and tier, or its model alone; a relay's model may have slashes of its own.
      const path = key.slice(key.indexOf('/') + 1);
      return path === wanted.key || path.slice(0, path.lastIndexOf('/')) === wanted.key;
    }
    case 'endpoint':
    case 'gateway':
      return key.replace(/\/+$/, '') === wanted.key.replace(/\/+$/, '');
    case 'project':
    case 'model':
      return false;
  }
}

/** What the lanes under a scope let through; undefined where one of them has no known limit. */
export function perMinuteOf({ lanes }: GovernorView, { kind, key }: Scope): number | undefined {
  const under = lanes.filter(
    ({ model }) => (kind !== 'model' || model === key) && (kind !== 'route' || key.includes(`/${model}/`)),
  );
  if (under.length === 0) return undefined;
  return under.reduce<number | undefined>(
    (sum, { perMinute }) => (sum === undefined || perMinute === undefined ? undefined : sum + perMinute),
    0,
  );
}
