/** Which routes a scope covers: the key of each kind, read from a route. */
import type { RouteKey, Scope } from '../../contract/standing.ts';
import type { HoldScope } from '../../domain/ask.ts';

/** A route with what a scope may go by. */
export interface Place extends RouteKey {
  readonly project: string;
  readonly baseUrl: string;
}

const KEYS: Readonly<Record<Scope['kind'], (place: Place) => string>> = {
  credential: ({ credential }) => credential,
  project: ({ project }) => project,
  model: ({ model }) => model,
  endpoint: ({ baseUrl }) => baseUrl,
  gateway: ({ baseUrl }) => baseUrl,
  route: routeKey,
};

/** `<credential>/<model>/<tier>` */
export function routeKey({ credential, model, tier }: RouteKey): string {
  return `${credential}/${model}/${tier}`;
}

export function isRoute(a: RouteKey, b: RouteKey): boolean {
  return a.credential === b.credential && a.model === b.model && a.tier === b.tier;
}

export function covers({ kind, key }: Scope, place: Place): boolean {
  return KEYS[kind](place) === key;
}

export function scopeOf(kind: HoldScope, place: Place): Scope {
  return { kind, key: KEYS[kind](place) };
}

export function isScope(a: Scope, b: Scope): boolean {
  return a.kind === b.kind && a.key === b.key;
}

/** A scope that other projects share: their governors' routes go through the same machine. */
export function isShared({ kind }: Scope): boolean {
  return kind === 'endpoint' || kind === 'gateway';
}

/** `credential ab12ab12ab12ab12` */
export function scopeWords({ kind, key }: Scope): string {
  return `${kind} ${key}`;
}

/** `gemini-3-pro-image`, `gemini-3-pro-image/flex`: a route without its credential. */
export function modelWords({ model, tier }: Pick<RouteKey, 'model' | 'tier'>): string {
  return tier === 'standard' ? model : `${model}/${tier}`;
}
