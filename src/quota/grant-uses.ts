/** Grants that generations of this process want to use, until the governor has recorded each use. */
import type { GrantUse } from '../contract/exchange.ts';
import type { Grant } from '../contract/standing.ts';
import type { GrantRequest } from './broker.ts';
import type { UsableGrant } from './route-guard.ts';

export interface GrantCall {
  readonly generationId: string;
  readonly grant: Grant;
  readonly worstUsd: number;
  readonly settle: (grant: Grant | undefined) => void;
}

type Find = (request: GrantRequest) => UsableGrant | undefined;

export class GrantUses {
  #known: GrantCall[] = [];
  /** Who asked while the news were old: they may lack the grant that somebody has just given. */
  #asking: { readonly request: GrantRequest; readonly settle: GrantCall['settle'] }[] = [];

  get isEmpty(): boolean {
    return this.#known.length + this.#asking.length === 0;
  }

  /** By what is known; `settle` is called with the grant once its use is recorded, or with undefined. */
  use(request: GrantRequest, settle: GrantCall['settle'], find: Find): void {
    const found = find(request);
    if (found === undefined) return settle(undefined);
    const { grant, worstUsd } = found;
    this.#known.push({ generationId: request.generationId, grant, worstUsd, settle });
  }

  /** After the next answer. */
  ask(request: GrantRequest, settle: GrantCall['settle']): void {
    this.#asking.push({ request, settle });
  }

  /** An answer came. */
  heard(find: Find): void {
    for (const { request, settle } of this.#asking.splice(0)) this.use(request, settle, find);
  }

  /** What to tell with the next exchange. */
  drain(): readonly GrantCall[] {
    return this.#known.splice(0);
  }
}

export function told(calls: readonly GrantCall[]): readonly GrantUse[] {
  return calls.map(({ generationId, grant, worstUsd }) => ({ generationId, grant: grant.id, worstUsd }));
}
